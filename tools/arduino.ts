// The Arduino library, written from the same core: `npm run arduino -- FOLDER`. Arduino compiles all of src/ with one include folder and
// no options of ours, so includes become relative paths, and wasm3's settings a header.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { exportC } from "../host/cli/c-source.ts";
import { openModel } from "../host/cli/model-file.ts";
import { UserError } from "../host/spec/user-error.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const firmware = join(root, "firmware");
const wasm3Folder = join(root, "node_modules", "react-native-webassembly", "cpp");
/** What another file's header must not stand before: wasm3 as its subset, in heap.c's block, from op to op without tail calls. */
const shortened = ["m3_compile.c", "m3_parse.c", "m3_env.c"];
const trampolined = ["m3_compile.c", "m3_env.c"];
/** As firmware/CMakeLists.txt: what runs in every step is worth some bytes. */
const hot = /^(kernels\/|core\/(engine|ops)\.c$)/;
const fast = `#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O2")
#endif
`;

/** Writes the library to a folder that is new, empty or an older one of it. @returns the number of C and C++ sources */
export function writeArduinoLibrary(out: string): number {
  checkPlace(out);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const templates = join(firmware, "arduino");
  for (const folder of ["src", "examples"]) rmSync(join(out, folder), { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const name of ["README.md", "examples"]) cpSync(join(templates, name), join(out, name), { recursive: true });
  const properties = readFileSync(join(templates, "library.properties"), "utf8");
  writeFileSync(join(out, "library.properties"), properties.replace("\n", `\nversion=${version}\n`));
  writeLicences(out);
  const sources = linked(collect());
  for (const [path, text] of sources) {
    mkdirSync(join(out, "src", dirname(path)), { recursive: true });
    writeFileSync(join(out, "src", path), text);
  }
  const { source, header } = exportC(openModel(join(root, "models", "keywords.engram")), "keywords", "model.c");
  writeFileSync(join(out, "examples", "Keywords", "model.c"), source);
  writeFileSync(join(out, "examples", "Keywords", "model.h"), header);
  return [...sources.keys()].filter((path) => /\.c(pp)?$/.test(path)).length;
}

function checkPlace(out: string): void {
  if (!existsSync(out) || readdirSync(out).length === 0) return;
  const file = join(out, "library.properties");
  if (existsSync(file) && readFileSync(file, "utf8").startsWith("name=Engram\n")) return;
  throw new UserError(`${out} holds something else than engram's Arduino library`, "give a new folder");
}

function writeLicences(out: string): void {
  cpSync(join(root, "LICENSE"), join(out, "LICENSE"));
  cpSync(join(firmware, "third-party-licenses"), join(out, "third-party-licenses"), { recursive: true });
}

/** Sources and headers by their place below src/. */
function collect(): Map<string, string> {
  const files = new Map<string, string>();
  const take = (folder: string, to: string, wanted: RegExp = /\.(c|h|cpp)$/): void => {
    for (const name of readdirSync(folder).filter((name) => wanted.test(name)))
      files.set(`${to}${name}`, readFileSync(join(folder, name), "utf8"));
  };
  take(join(firmware, "arduino", "src"), "");
  take(join(firmware, "arduino", "src", "engram", "port"), "engram/port/");
  take(join(firmware, "core"), "engram/core/");
  take(join(firmware, "kernels", "portable"), "engram/kernels/");
  take(join(firmware, "common"), "engram/common/", /^ram-flash\.[ch]$/);
  take(join(firmware, "common", "trampoline"), "engram/wasm3/");
  take(join(root, "build", "generated"), "engram/generated/");
  take(wasm3Folder, "engram/wasm3/", /^(m3_(?!api_)|wasm3(_defs)?\.h)/);
  files.set("engram/wasm3/settings.h", wasm3Settings());
  for (const [name, text] of shortenedSources()) files.set(`engram/wasm3/${name}`, text);
  // Builders that put a library into one archive would lose one of two objects of the same name.
  files.set("engram/generated/activation-tables.c", files.get("engram/generated/activations.c")!);
  files.delete("engram/generated/activations.c");
  for (const [path, text] of files) files.set(path, begun(path, text));
  return files;
}

/** A source with what Arduino gives no option for. */
function begun(path: string, text: string): string {
  const name = basename(path);
  if (path.startsWith("engram/wasm3/") && name.startsWith("m3_") && name.endsWith(".c")) {
    const trampoline = trampolined.includes(name) ? '#include "trampoline.h"\n' : "";
    return `#define EN_WASM3_SOURCE\n#include "settings.h"\n${trampoline}${text}`;
  }
  if (/\/(m3_config|wasm3_defs)\.h$/.test(path)) return `#include "settings.h"\n${text}`;
  return hot.test(path.replace("engram/", "")) && name.endsWith(".c") ? fast + text : text;
}

/** The definitions of firmware/cmake/wasm3.cmake as a header. */
function wasm3Settings(): string {
  const text = readFileSync(join(firmware, "cmake", "wasm3.cmake"), "utf8");
  const settings = [...text.matchAll(/^ {2}(d_m3\w+)=(\d+)/gm)].map(([, name, value]) => `#define ${name} ${value}`);
  const [, heap] = /^ {2}target_compile_definitions\(wasm3 PRIVATE (calloc=.*)\)$/m.exec(text) ?? [];
  if (settings.length === 0 || !heap) throw new Error("firmware/cmake/wasm3.cmake has another form than expected");
  const functions = heap.split(" ").map((each) => `#define ${each.replace("=", " ")}`);
  return `/* How wasm3 is built, for it and for those who read its headers: from firmware/cmake/wasm3.cmake, which has the reasons. */
#ifndef EN_WASM3_SETTINGS_H
#define EN_WASM3_SETTINGS_H

${settings.join("\n")}

#ifdef EN_WASM3_SOURCE
#ifndef NDEBUG
#define NDEBUG
#endif
#include <stdlib.h>
#include "heap.h"
${functions.join("\n")}
#endif

#endif
`;
}

function shortenedSources(): [string, string][] {
  const folder = mkdtempSync(join(tmpdir(), "engram-"));
  try {
    const script = join(firmware, "cmake", "write-subset.cmake");
    const ran = spawnSync("cmake", [`-DWASM3=${wasm3Folder}`, `-DOUT=${folder}`, "-P", script], { encoding: "utf8" });
    if (ran.error) throw new UserError("CMake is missing", "sudo apt-get install cmake (Debian, Ubuntu)");
    if (ran.status !== 0 || ran.stderr) throw new Error(ran.stderr);
    return shortened.map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same with includes of one another as paths from the file that includes. */
function linked(files: Map<string, string>): Map<string, string> {
  const places = new Map<string, string>();
  const names = new Set<string>();
  for (const path of files.keys()) {
    const name = basename(path);
    if (names.has(name)) throw new Error(`two files of the library are named ${name}`);
    names.add(name);
    if (name.endsWith(".h")) places.set(name, path);
  }
  const include = (path: string) => (line: string, name: string) => {
    const place = places.get(name);
    return place ? `#include "${relative(dirname(path), place) || name}"` : line;
  };
  return new Map([...files].map(([path, text]) => [path, text.replace(/^#\s*include "([\w.-]+)"/gm, include(path))]));
}

if (resolve(process.argv[1] ?? "") === fileURLToPath(import.meta.url)) {
  const [out] = process.argv.slice(2);
  try {
    if (!out) throw new UserError("a folder is missing", "npm run arduino -- FOLDER");
    console.log(`${out}: Arduino library, ${writeArduinoLibrary(resolve(out))} sources`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`engram: ${error.message}\n  ${error.hint}`);
    process.exitCode = 1;
  }
}
