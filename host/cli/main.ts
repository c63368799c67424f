#!/usr/bin/env node
// The command `engram`: reads the command line, runs one verb, turns errors into a sentence, a hint and an exit code.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { packageRoot } from "../compile/assembly.ts";
import { explain } from "./failure.ts";
import { openOutput } from "./output.ts";
import { loadVerb, verbNames } from "./registry.ts";
import type { Verb } from "./verb.ts";

const wanted = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
process.stdout.on("error", ignoreClosedPipe);
process.stderr.on("error", ignoreFullDisk);
enterFolderOfUser();
try {
  await (await commandLine()).parseAsync();
} catch (error) {
  fail(error);
}

// `npm run engram` and `npm start` in a clone begin in its root; paths mean what they mean where the user typed them.
function enterFolderOfUser(): void {
  const { INIT_CWD, npm_lifecycle_event: script } = process.env;
  if (INIT_CWD && (script === "engram" || script === "start") && process.cwd() === packageRoot())
    process.chdir(INIT_CWD);
}

// Only the verb that is asked for is loaded, except for the list of all.
async function commandLine(): Promise<Command> {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string };
  const program = new Command("engram")
    .description("Recurrent neural networks on microcontrollers: train, quantize, flash, stream.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this")
    .helpCommand(false)
    .allowExcessArguments()
    .showSuggestionAfterError()
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
  const names = verbNames();
  for (const name of names.includes(wanted ?? "") ? [wanted as string] : names) {
    add(program, name, await loadVerb(name));
  }
  program.action(() => {
    if (wanted) throw new CommanderError(2, "engram.unknownVerb", `error: there is no verb "${wanted}"`);
    process.stderr.write(program.helpInformation());
    process.exitCode = 2;
  });
  return program;
}

function add(program: Command, name: string, verb: Verb): void {
  const command = program.command(name).description(verb.summary);
  verb.declare(command);
  command
    .option("--json", "print the result as JSON, nothing else on standard output")
    .option("--quiet", "print neither progress nor notes")
    .allowExcessArguments(false)
    .addHelpText("after", `\nExample:\n${verb.examples.map((line) => `  ${line}`).join("\n")}`)
    .action(async () => {
      const { json = false, quiet = false, ...options } = command.opts();
      const stop = new AbortController();
      const output = openOutput(json, quiet);
      const release = onInterrupt(stop, () => output.note("stopping; Ctrl-C again stops at once"));
      try {
        await verb.run({ operands: command.args, options, output, signal: stop.signal });
      } catch (error) {
        if (!stop.signal.aborted) throw error;
      } finally {
        if (stop.signal.aborted) process.exitCode = 130;
        output.endProgress();
        release();
      }
    });
  refuseDoubles(command);
}

// An option given twice, whose first value would go unheard; those that take several values may.
function refuseDoubles(command: Command): void {
  for (const option of command.options.filter(({ variadic }) => !variadic)) {
    let times = 0;
    command.on(`option:${option.name()}`, () => {
      if (++times > 1)
        throw new CommanderError(2, "engram.doubledOption", `error: ${option.long} is given more than once`);
    });
  }
}

function onInterrupt(stop: AbortController, tell: () => void): () => void {
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(130);
    tell();
    stop.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  return () => process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
}

function fail(error: unknown): void {
  if (error instanceof CommanderError && error.exitCode === 0) return;
  const told = explain(error, wanted);
  process.exitCode = told?.exitCode ?? 1;
  process.stderr.write(told ? `engram: ${told.what}\n  ${told.hint}\n` : `${stack(error)}\n`);
}

function stack(error: unknown): string {
  const text = error instanceof Error ? error.stack : String(error);
  return `engram: this is a bug; please report it with what follows\n${text}`;
}

// Whoever reads our output may stop early, as `head` does.
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
}

// Notes that cannot be kept end no work.
function ignoreFullDisk(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOSPC") ignoreClosedPipe(error);
}
