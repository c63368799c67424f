// The command line around the verbs: help, wrong usage, errors, where words go.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { explain } from "../../host/cli/failure.ts";
import { loadVerb, verbNames } from "../../host/cli/registry.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { engram } from "./engram.ts";

const verbs = readdirSync(new URL("../../host/cli/verbs/", import.meta.url))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));

test("--help lists every file of verbs/", () => {
  const { code, out } = engram(["--help"]);
  assert.is(code, 0);
  for (const verb of verbs) assert.match(out, new RegExp(`^ {2}${verb} `, "m"));
});

for (const name of verbNames()) {
  test(`${name} has one line of summary and an example that begins with engram`, async () => {
    const { summary, examples, declare } = await loadVerb(name);
    assert.match(summary, /^[a-z][^\n]*[^.]$/);
    assert.ok(examples.length > 0 && examples.every((line) => /(^| \| )engram /.test(line)));
    declare(new Command(name));
  });
}

test("a verb's --help shows its example and the options that all have", () => {
  const { code, out } = engram(["flash", "--help"]);
  assert.is(code, 0);
  assert.match(out, /Example:\n {2}engram flash /);
  assert.match(out, /--json.+--quiet/s);
});

test("without a verb the help is wrong usage", () => {
  const { code, out, error } = engram([]);
  assert.is(code, 2);
  assert.is(out, "");
  assert.match(error, /Usage: engram/);
});

test("an unknown verb and an unknown option are wrong usage, in two lines", () => {
  for (const args of [["conjure"], ["synthesize", "--wrods", "yes"]]) {
    const { code, error } = engram(args);
    assert.is(code, 2);
    assert.match(error, /^engram: .+\n {2}.+--help.*\n$/);
  }
});

test("npm run engram takes paths from the folder it is typed in", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const env = { ...process.env, INIT_CWD: join(root, "models"), npm_lifecycle_event: "engram" };
  const args = ["--import", "tsx", "host/cli/main.ts", "inspect", "keywords.engram", "--json"];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, env });
  assert.is(status, 0);
  assert.is(JSON.parse(stdout.toString()).cell, "gru");
});

test("--gain, which changes clips, is refused for a stream", () => {
  const { code, error } = engram(["evaluate", "x.engram", "--data", "x", "--stream", "--gain", "0.1"]);
  assert.is(code, 2);
  assert.match(error, /--gain .*--stream/);
});

test("a mistyped option is answered with the right one", () => {
  assert.match(engram(["synthesize", "--wrods", "yes"]).error, /--words/);
});

test("a user's error is its sentence and its hint", () => {
  assert.equal(explain(new UserError("a", "b")), { what: "a", hint: "b", exitCode: 1 });
  assert.equal(explain(new UserError("a", "b", { usage: true })), { what: "a", hint: "b", exitCode: 2 });
});

test("a full disk is a sentence, not a stack", () => {
  const full = Object.assign(new Error("write"), { code: "ENOSPC", syscall: "write", path: "my.model" });
  assert.match(explain(full)?.what ?? "", /my\.model .* disk is full/);
});

test("anything else is a bug", () => {
  assert.is(explain(new TypeError("x is undefined")), undefined);
  assert.is(explain(Object.assign(new Error(), { code: "ERR_INVALID_ARG_TYPE" })), undefined);
});

test("commander's refusals are usage", () => {
  assert.is(explain(new CommanderError(1, "commander.missingArgument", "error: missing"))?.exitCode, 2);
});

test("a verb that does not exist is named", () => {
  const { code, error } = engram(["fly"]);
  assert.is(code, 2);
  assert.match(error, /there is no verb "fly"\n/);
});

test.run();
