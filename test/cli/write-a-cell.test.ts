// docs/write-a-cell.md, followed literally: its cell saved, its commands typed.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { canBuild } from "../engine/harness.ts";
import { engram, temporaryFolder } from "./engram.ts";

const page = readFileSync(new URL("../../docs/write-a-cell.md", import.meta.url), "utf8");
const blockAfter = (opening: string) => page.split(`${opening}\n`)[1].split("```")[0];

if (canBuild())
  test("the page's cell is trained on the page's task, quantized, and runs on the native board", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "my-cell.ts"), blockAfter("```ts"));
    const commands = page
      .split("\n")
      .filter((line) => /^engram (train|quantize|evaluate) .*my\./.test(line))
      .map((line) => line.split(" ").slice(1));
    assert.is(commands.length, 3);
    let output = "";
    for (const words of commands) {
      const { code, out, error } = engram(words, { cwd: folder });
      assert.is(code, 0, `${words.join(" ")}: ${error}`);
      output = out;
    }
    assert.match(output, /^right \d+(\.\d+)? % on native/);
    assert.ok(Number(/^right (\S+)/.exec(output)![1]) > 90, output);
  });

test.run();
