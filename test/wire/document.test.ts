// docs/wire.md holds the tables that host/spec/messages.ts gives now.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../host/compile/assembly.ts";
import { generated } from "../../tools/generate/messages.ts";

test("the tables in docs/wire.md are current", () => {
  const { text } = generated.find(({ path }) => path === "wire.md")!;
  const document = readFileSync(join(packageRoot(), "docs", "wire.md"), "utf8");
  assert.ok(
    document.endsWith(text),
    "put build/generated/wire.md at the end of docs/wire.md, instead of the old tables",
  );
});

test.run();
