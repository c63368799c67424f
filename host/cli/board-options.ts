// Options of every verb that talks to a board.
import type { Command } from "commander";

export type BoardOptions = { board?: string; port?: string; flash?: string };

export function declareBoard(command: Command): void {
  command
    .option("--board <name>", "kind of board (see `engram boards`; default: native)")
    .option("--port <path>", "port of a board: /dev/ttyACM0, COM3, tcp:HOST:PORT")
    .option("--flash <file>", "flash file of a board on this machine (default: one in your cache folder)");
}
