// The generated tables in docs/ are those that host/spec gives now.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { generated } from "../../tools/generate/container.ts";

for (const path of ["container.md", "ops.md"]) {
  test(`the tables in docs/${path} are current`, () => {
    const { text } = generated.find((file) => file.path === path)!;
    const document = readFileSync(new URL(`../../docs/${path}`, import.meta.url), "utf8");
    assert.ok(
      document.endsWith(text),
      `put build/generated/${path} at the end of docs/${path}, instead of the old tables`,
    );
  });
}

test.run();
