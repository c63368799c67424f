// The arrows of host/, as .dependency-cruiser.mjs describes them.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ICruiseResult } from "dependency-cruiser";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../../", import.meta.url));
const configuration = join(root, ".dependency-cruiser.mjs");

// A process of its own: under tsx dependency-cruiser does not find its parser.
function cruiseHost(cwd: string): ICruiseResult {
  const command = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const args = [command, "host", "--config", configuration, "--output-type", "json"];
  return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: "utf8", maxBuffer: 2 ** 28 }));
}

test("every folder of host has its place in the order", async () => {
  const { order } = (await import(configuration)) as { order: string[] };
  const there = readdirSync(join(root, "host"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of there) assert.ok(order.includes(name), `host/${name} is not in the order`);
});

test("folders of host import only from folders above, and in no circle", () => {
  const { summary, modules } = cruiseHost(root);
  assert.equal(
    summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    [],
  );
  // Without a parser for TypeScript the cruise finds nothing, and passes.
  const sources = readdirSync(join(root, "host"), { recursive: true, encoding: "utf8" });
  const cruised = modules.filter(({ source }) => source.startsWith("host/"));
  assert.is(cruised.length, sources.filter((name) => name.endsWith(".ts")).length);
  assert.ok(cruised.filter(({ dependencies }) => dependencies.length > 0).length > cruised.length / 2);
});

test("an arrow that points down, a circle and a missing file are found", () => {
  const { summary } = cruiseHost(join(root, "test/structure/fixtures"));
  const found = new Set(summary.violations.map(({ rule }) => rule.name));
  assert.equal([...found].sort(), ["every import resolves", "no circles", "spec imports only from folders above it"]);
});

test.run();
