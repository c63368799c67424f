// The ESP-IDF component: every file of it compiles with the lx106 compiler against the smallest declarations of the SDK, and what it
// leaves to the SDK is the list in its README.
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../host/compile/assembly.ts";

const run = promisify(execFile);
const root = packageRoot();
const component = join(root, "firmware", "esp-idf");
const folder = mkdtempSync(join(tmpdir(), "engram-esp-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const missing = ["cmake", "xtensa-lx106-elf-gcc"].filter((tool) => spawnSync(tool, ["--version"]).status !== 0);
if (missing.length > 0) console.log(`${missing.join(", ")} missing: the ESP-IDF component is not compiled`);
const builtTest = missing.length > 0 ? test.skip : test;

/** Builds the component and the example's main. @returns the archives */
async function build(name: string, define: string): Promise<string[]> {
  const out = join(folder, name);
  const source = join(root, "test", "esp-idf");
  await run("cmake", ["-S", source, "-B", out, `-DEN_TEST_DEFINE=${define}`, "-DCMAKE_BUILD_TYPE=Release"]);
  await run("cmake", ["--build", out, "--parallel", "2"], { maxBuffer: 2 ** 26 });
  const files = readdirSync(out, { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(".a")).map((file) => join(out, file));
}

/** Functions that the archives call and do not have. */
function wanted(archives: string[]): string[] {
  const { stdout } = spawnSync("xtensa-lx106-elf-nm", archives, { encoding: "utf8" });
  const names = (kind: string) => [...stdout.matchAll(new RegExp(` ${kind} (\\w+)$`, "gm"))].map(([, name]) => name);
  const there = new Set(names("[A-TV-Z]"));
  return [...new Set(names("U"))].filter((name) => !there.has(name) && !name.startsWith("__"));
}

/** What the README says is the SDK's. */
function listed(): Set<string> {
  const text = readFileSync(join(component, "README.md"), "utf8");
  const [, list] = /## What is left to the SDK\n[\s\S]*?```\n([\s\S]*?)```/.exec(text)!;
  return new Set(
    list.split(/[\s:]+/).filter((word) => word.includes("_") || /^[a-z]+[A-Z]|^mem|^str|abort/.test(word)),
  );
}

const called = new Set<string>();
for (const [name, define, means] of [
  ["esp32", "EN_TEST_ESP32=1", "a UART and an I2S microphone"],
  ["esp32s3", "EN_TEST_ESP32S3=1", "USB and a PDM microphone"],
  ["deaf", "EN_TEST_DEAF=1", "a UART and no microphone"],
])
  builtTest(`every file compiles for ${means}, and calls nothing that is not listed`, async () => {
    const archives = await build(name, define);
    assert.is(archives.length, 3);
    const list = listed();
    for (const each of wanted(archives)) {
      called.add(each);
      assert.ok(list.has(each) || each === "en_test_check", `${each} is not in firmware/esp-idf/README.md`);
    }
  });

builtTest("all that is listed is called", () => {
  assert.equal(
    [...listed()].filter((each) => !called.has(each)),
    [],
  );
});

test("every setting that the sources read is in Kconfig, and none that they do not", () => {
  const sources = readdirSync(join(component, "engram")).filter((name) => name.endsWith(".c"));
  const text = sources.map((name) => readFileSync(join(component, "engram", name), "utf8")).join("");
  const read = new Set([...text.matchAll(/CONFIG_(ENGRAM_\w+)/g)].map(([, name]) => name));
  const kconfig = readFileSync(join(component, "engram", "Kconfig"), "utf8");
  const there = [...kconfig.matchAll(/^config (\w+)/gm)].map(([, name]) => name);
  assert.equal([...read].sort(), there.sort());
});

test("the example's partition for models is the one that the component looks for", () => {
  const table = readFileSync(join(component, "example", "partitions.csv"), "utf8");
  const kconfig = readFileSync(join(component, "engram", "Kconfig"), "utf8");
  const [, label] = /config ENGRAM_PARTITION\n[\s\S]*?default "(\w+)"/.exec(kconfig)!;
  assert.match(table, new RegExp(`^${label}, *data,`, "m"));
});

test.run();
