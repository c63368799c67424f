// What a file in verbs/ exports, and what it is given when it runs.
import type { Command } from "commander";
import type { Output } from "./output.ts";

/** One use of a verb. */
export type Call<Options = Record<string, unknown>> = {
  /** What stands on the command line besides options. */
  operands: string[];
  options: Options;
  output: Output;
  /** Aborted by Ctrl-C. A verb that was stopped keeps what it has, and returns or throws. */
  signal: AbortSignal;
};

/** `engram NAME`. A file of verbs/ imports what it needs inside `run`, so that `engram --help` loads none of it. */
export type Verb<Options = Record<string, unknown>> = {
  /** One line, no full stop. */
  summary: string;
  /** Commands as a user types them. */
  examples: readonly string[];
  /** Adds arguments and options; --json and --quiet are there already. */
  declare(command: Command): void;
  run(call: Call<Options>): Promise<void>;
};
