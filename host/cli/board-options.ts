// Options of every verb that talks to a board, and which kind of board they name.
import type { Command } from "commander";
import { UserError } from "../spec/user-error.ts";

export type BoardOptions = { board?: string; port?: string; flash?: string; microphone?: string };

/** @param flash what is used without --flash */
export function declareBoard(command: Command, flash = "one in your cache folder"): void {
  command
    .option("--board <name>", "kind of board (see `engram boards`; default: native)")
    .option("--port <path>", "port of a board: /dev/ttyACM0, COM3, tcp:HOST:PORT")
    .option("--flash <file>", `flash file of a board on this machine (default: ${flash})`);
}

/** For verbs of boards that listen by themselves. */
export function declareMicrophone(command: Command): void {
  command.option("--microphone <file>", "what the native board hears: wav of one channel and 16 bits, or such samples");
}

/** The kind of board that the options name, undefined if they name none. UserError if they name two. */
export function boardOf({ board, port }: BoardOptions): string | undefined {
  if (port === undefined) return board;
  if (board === undefined || board === "serial") return "serial";
  throw new UserError(
    "give --board or --port, not both",
    "--port is of a board that runs already, --board starts one",
    {
      usage: true,
    },
  );
}

/** Where `evaluate` runs a model: `float`, `v8` or a kind of board; undefined if the options do not say. UserError if they name two. */
export function placeOf(options: BoardOptions & { on?: string }): string | undefined {
  const board = boardOf(options);
  const { on = board } = options;
  if (board !== undefined && on !== board)
    throw new UserError(
      `--on ${on} and ${options.port ? "--port" : `--board ${board}`} name two places`,
      "leave one out",
      {
        usage: true,
      },
    );
  return on;
}
