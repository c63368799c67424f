// What `npm pack` makes works in an empty folder: the command, the library, the native board's sources.
import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { missingTools } from "../../host/boards/build.ts";
import type { Episode } from "../../host/evolve/episode.ts";
import { integerRunner } from "../../host/tasks/runner.ts";
import { balance, cartAt } from "../../host/tasks/sources/double-pole-cart.ts";
import { tinyModel } from "../cli/tiny-model.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "engram-package-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const installed = join(folder, "node_modules", "engram");
const environment = { ...process.env, XDG_CACHE_HOME: join(folder, "cache"), HOME: folder };

test.before(() => {
  const npm = (args: string[]) => execFileSync("npm", args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  npm(["pack", "--silent", "--pack-destination", folder]);
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, tarball), "-C", installed, "--strip-components", "1"]);
  linkDependencies();
});

// What npm would install beside it, from the repository's own packages: only what is no development dependency.
function linkDependencies(): void {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  for (const [path, { dev, devOptional, optional }] of Object.entries<Record<string, boolean>>(packages)) {
    if (path === "" || dev || devOptional || optional || path.lastIndexOf("node_modules/") > 0) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(root, path), join(folder, path));
  }
}

function engram(...args: string[]) {
  const main = join(installed, "dist", "host", "cli", "main.js");
  const ran = spawnSync(process.execPath, [main, ...args], { cwd: folder, env: environment, encoding: "utf8" });
  return { code: ran.status, out: ran.stdout, error: ran.stderr };
}

test("the command lists its verbs and inspects a model", async () => {
  assert.match(engram("--help").out, /inspect/);
  const file = join(folder, "tiny.engram");
  writeFileSync(file, await tinyModel(1, "yes"));
  const { out, error } = engram("inspect", file, "--json");
  assert.is(JSON.parse(out || error).cell, "gru");
});

test("boards are listed", () => {
  const { code, out } = engram("boards", "--json");
  assert.is(code, 0);
  assert.ok(JSON.parse(out).boards.some(({ name }: { name: string }) => name === "native"));
});

test("the library and the class for johnny-five can be imported", () => {
  const script =
    'import { Keywords } from "engram/johnny-five"; import * as engram from "engram"; console.log([typeof Keywords, Object.keys(engram).length > 0].join(" "))';
  const ran = spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, encoding: "utf8" });
  assert.is(ran.stdout, "function true\n", ran.stderr);
});

test("nothing that only developers need is packed", () => {
  for (const name of ["host", "test", "tools", "node_modules"]) assert.not.ok(existsSync(join(installed, name)), name);
  assert.ok(existsSync(join(installed, "firmware", "third-party-licenses", "wasm3.txt")));
});

test("candidates are judged on threads, and a queue names the package that it needs", () => {
  const out = join(folder, "poles.model");
  const trained = engram("train", "double-pole", "--steps", "40", "--threads", "2", "--out", out);
  assert.is(trained.code, 0, trained.error);
  const { code, error } = engram("worker", "--queue", "redis://127.0.0.1:1");
  assert.is(code, 1);
  assert.is(error, "engram: a queue needs the package bullmq, which is not installed\n  npm install bullmq\n");
});

const missing = await missingTools();
if (missing) console.log(`${missing.what}: the packed native board is not built (${missing.hint})`);
(missing ? test.skip : test)("the native board builds from the package and takes a model", () => {
  const { code, out, error } = engram("flash", join(folder, "tiny.engram"), "--json");
  assert.is(code, 0, error);
  assert.is(JSON.parse(out).board, "native");
});

/** Runs an example with a board that has the model flashed last. @returns what it said, and what the board's pins did */
async function runExample(name: string, ...args: string[]): Promise<{ said: string; log: string }> {
  // What the example asks its user to install.
  for (const each of ["johnny-five", "firmata-io"])
    if (!existsSync(join(folder, "node_modules", each)))
      symlinkSync(join(root, "node_modules", each), join(folder, "node_modules", each));
  const example = join(folder, name.replace(/js$/, "mjs"));
  writeFileSync(example, readFileSync(join(installed, "examples", name)));
  const [cache] = readdirSync(join(folder, "cache", "engram")).filter((each) => each.startsWith("native-"));
  const port = 20000 + (process.pid % 20000);
  const flash = join(folder, "cache", "engram", "native.flash");
  const board = spawn(join(folder, "cache", "engram", cache, "engram"), ["--tcp", `${port}`, "--flash", flash]);
  const log: string[] = [];
  board.stderr.on("data", (text) => log.push(`${text}`));
  try {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const ran = await promisify(execFile)(process.execPath, [example, `tcp:127.0.0.1:${port}`, ...args], {
      cwd: folder,
      timeout: 60_000,
    });
    return { said: ran.stdout, log: log.join("") };
  } finally {
    board.kill();
  }
}

(missing ? test.skip : test)("the example blinks a board's LED on yes", async () => {
  const { said, log } = await runExample("blink-on-yes.js", join(root, "models", "demo", "slt.wav"));
  assert.match(said, /yes \(/);
  assert.match(log, /led 13 on/);
});

(missing ? test.skip : test)("the example balances poles, and servo and LED do what V8's integers would", async () => {
  const model = join(installed, "models", "architectures", "fitness-double-pole.engram");
  assert.is(engram("flash", model).code, 0);
  const { said, log } = await runExample("balance.js", "300");
  assert.match(said, /the poles stood for 300 of 300 actions/);
  const changes = <T>(values: T[]): T[] => values.filter((value, i) => value !== values[i - 1]); // what is so already is not sent
  const leant: number[] = [];
  const lit: string[] = [];
  function* watched(world: Episode<number>): Episode<number> {
    let turn = world.next();
    while (!turn.done) {
      const result = yield turn.value;
      leant.push(Math.trunc(((90 + 60 * result[0]) * 1800) / 180 + 600)); // johnny-five's microseconds
      lit.push(result[0] > 0 ? "on" : "off");
      turn = world.next(result);
    }
    return turn.value;
  }
  await integerRunner(readFileSync(model), model).play!(watched(balance(cartAt(0, 0, 0.07, 0), 300)));
  const taken = (line: RegExp): string[] => changes([...log.matchAll(line)].map(([, value]) => value));
  assert.equal(taken(/servo 9 (\d+) microseconds/g).map(Number), changes(leant));
  assert.equal(taken(/led 13 (on|off)/g), changes(lit));
  assert.ok(new Set(leant).size > 20 && new Set(lit).size === 2);
});

test.run();
