// The commands of docs/boards, typed: with the native board, whose microphone is a file, in place of the one at a port.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { missingAmong } from "../../host/boards/build.ts";
import { boardKinds } from "../../host/boards/registry.ts";
import { encodeWav } from "../../host/data/wav.ts";
import { boardTest } from "../native/program.ts";
import { engram, temporaryFolder } from "./engram.ts";

const guides = new URL("../../docs/boards/", import.meta.url);
const folder = temporaryFolder();
writeFileSync(join(folder, "quiet.wav"), encodeWav(new Int16Array(100), 16000));
const microphone = ["--microphone", join(folder, "quiet.wav")];

/** Commands that stand in a line of their own, or in a sentence; what a reader has to fill in stands in capitals or as dots. */
function commandsOf(guide: string): string[][] {
  const text = readFileSync(new URL(guide, guides), "utf8");
  const lines = text.split("\n").filter((line) => line.startsWith("engram "));
  const inline = [...text.matchAll(/`(engram [^`]*)`/g)].map(([, command]) => command);
  return [...lines, ...inline]
    .map((line) =>
      line
        .replace(/\s+#.*/, "")
        .trim()
        .split(/\s+/)
        .slice(1),
    )
    .filter((words) => words.length > 1 && !words.includes("…"));
}

/** The same for the native board; undefined for what is not for one. */
function forNative(words: string[], flash: string): string[] | undefined {
  const [verb] = words;
  if (words.includes("--firmware") || words.includes("--watch") || words.includes("--board")) return undefined;
  if (words.some((word) => word.endsWith(".engram") && !existsSync(word))) return undefined; // the reader's own
  const at = words.indexOf("--port");
  const rest = at < 0 ? words : words.toSpliced(at, 2);
  const pin = rest.indexOf("--pin") + 1;
  if (pin > 0 && (Number(rest[pin]) < 2 || Number(rest[pin]) > 19)) rest[pin] = "13"; // the native board has 2 … 19
  if (verb === "monitor") return [...rest, "--seconds", "0.3", "--flash", flash, ...microphone];
  if (verb === "rule") return [...rest, "--flash", flash, ...microphone];
  return [...rest, "--flash", flash];
}

for (const guide of readdirSync(guides).filter((name) => name.endsWith(".md"))) {
  boardTest(`${guide}: its commands run`, async () => {
    const flash = join(folder, `${guide}.flash`);
    assert.is(engram(["flash", "models/keywords.engram", "--flash", flash]).code, 0);
    let ran = 0;
    for (const words of commandsOf(guide)) {
      const native = forNative(words, flash);
      if (!native) continue;
      const { code, error } = engram(native);
      assert.is(code, 0, `engram ${words.join(" ")}: ${error}`);
      ran++;
    }
    assert.ok(ran >= 2, `${ran} commands`);
  });
}

test("the firmware that guides flash can be built where its compiler is", async () => {
  const kinds = await boardKinds();
  const named = readdirSync(guides).flatMap((guide) =>
    commandsOf(guide)
      .filter((words) => words.includes("--firmware") && words.includes("--board"))
      .map((words) => words[words.indexOf("--board") + 1]),
  );
  assert.ok(new Set(named).size >= 4, `${named}`);
  for (const name of new Set(named)) {
    const kind = kinds.find((each) => each.name === name)!;
    assert.ok(kind.firmware, name);
    const missing = await missingAmong(kind.tools!.slice(0, 1));
    if (missing) {
      assert.not(process.env.ENGRAM_STRICT, missing.what);
      console.log(`${name} skipped: ${missing.what} (${missing.hint})`);
      continue;
    }
    const { code, error } = engram(["flash", "--firmware", "--board", name, "--to", join(folder, name)]);
    assert.is(code, 0, error);
    assert.ok(readdirSync(join(folder, name)).length > 0);
  }
});

test.run();
