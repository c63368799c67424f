// Builds a board's firmware with CMake: into build/BOARD of the source tree, or into the user's cache folder where the package
// is installed.
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { access, constants, mkdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../compile/assembly.ts";
import { UserError } from "../spec/user-error.ts";
import { takeLock } from "./lock.ts";

const run = promisify(execFile);
const lockPatienceMs = 300_000;

/** Where engram keeps what it can make again: build of an installed package, flash files. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === "win32") return join(LOCALAPPDATA ?? homedir(), "engram");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "engram");
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "engram");
}

export type Missing = { what: string; hint: string };

/** A program that a board needs, and the Debian package that has it. */
export type Tool = { command: string; package: string };

/** What the build of the native board lacks here, if anything. */
export async function missingTools(): Promise<Missing | undefined> {
  const packages =
    process.platform === "darwin" ? "xcode-select --install, brew install cmake" : "sudo apt-get install cmake gcc";
  const hint = `${packages}; --board node needs neither`;
  if (process.platform === "win32")
    return { what: "the native board runs on Linux and macOS", hint: "use --board node" };
  if (!(await works("cmake"))) return { what: "CMake is missing", hint };
  const compiler = process.env.CC?.split(" ")[0] || "cc";
  return (await works(compiler)) ? undefined : { what: `a C compiler (${compiler}) is missing`, hint };
}

/** Which of these programs are missing here, if any, CMake included. */
export async function missingAmong(tools: readonly Tool[]): Promise<Missing | undefined> {
  const all = [{ command: "cmake", package: "cmake" }, ...tools];
  const there = await Promise.all(all.map(({ command }) => works(command)));
  const missing = all.filter((_, i) => !there[i]);
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map((tool) => tool.package))].join(" ");
  return {
    what: `${missing.map(({ command }) => command).join(", ")} ${missing.length > 1 ? "are" : "is"} missing`,
    hint: `sudo apt-get install ${packages} (Debian, Ubuntu)`,
  };
}

/** The native board's program, built if it is older than its sources. UserError if it cannot be built. */
export async function nativeProgram(onProgress: (doing: string) => void = () => {}): Promise<string> {
  const missing = await missingTools();
  if (missing) throw new UserError(`the native board cannot be built: ${missing.what}`, missing.hint);
  return join(await builtFirmware("native", onProgress), "engram");
}

/** Builds a board's firmware where its sources have changed, and gives the folder. UserError if it cannot be built. */
export async function builtFirmware(board: string, onProgress: (doing: string) => void = () => {}): Promise<string> {
  const folder = await buildFolder(board);
  await mkdir(folder, { recursive: true });
  const unlock = await lock(join(folder, "building"), onProgress);
  try {
    if (!(await exists(join(folder, "CMakeCache.txt")))) {
      onProgress(`building the ${board} board (once)`);
      const source = join(packageRoot(), "firmware");
      await cmake(board, "-S", source, "-B", folder, `-DENGRAM_BOARD=${board}`, "-DCMAKE_BUILD_TYPE=Release");
    }
    await cmake(board, "--build", folder, "--parallel", "2");
  } finally {
    unlock();
  }
  return folder;
}

async function cmake(board: string, ...parameters: string[]): Promise<void> {
  const child = spawn("cmake", parameters, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code === 0) return;
  const line = output.split("\n").find((line) => /error/i.test(line)) ?? output.trim().split("\n").at(-1);
  throw new UserError(
    `the ${board} board does not build: ${line?.trim()}`,
    `run \`cmake ${parameters.join(" ")}\` to see all`,
    {
      cause: output,
    },
  );
}

/** In the source tree build/BOARD; a package that is installed may belong to somebody else. */
async function buildFolder(board: string): Promise<string> {
  const root = packageRoot();
  const ours =
    !root.includes("node_modules") &&
    (await access(root, constants.W_OK).then(
      () => true,
      () => false,
    ));
  if (ours) return join(root, "build", board);
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  const place = createHash("sha256").update(root).digest("hex").slice(0, 8);
  return join(cacheFolder(), `${board}-${version}-${place}`);
}

/** One build at a time in a folder. */
async function lock(path: string, onProgress: (doing: string) => void): Promise<() => void> {
  const end = Date.now() + lockPatienceMs;
  for (let waited = false; Date.now() < end; waited = true) {
    const unlock = takeLock(path);
    if (unlock) return unlock;
    if (!waited) onProgress("waiting for another program that builds this board");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new UserError(`another program is building this board`, `wait for it, or remove ${path}`);
}

const works = (program: string): Promise<boolean> =>
  run(program, ["--version"]).then(
    () => true,
    () => false,
  );
const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
