// The board that a verb talks to: opened, greeted, and closed again whatever happens.
import { openBoard } from "../boards/registry.ts";
import { connect, type Session } from "../link/session.ts";
import { type BoardOptions, boardOf } from "./board-options.ts";
import type { Output } from "./output.ts";

/** Opens the board, hands over its session, closes both. UserError if it is not there or does not answer. */
export async function withBoard<Result>(
  options: BoardOptions,
  output: Output,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const board = await openBoard(boardOf(options), {
    port: options.port,
    flash: options.flash,
    onLog: output.note,
    onProgress: output.note,
  });
  try {
    const session = await connect(board.link);
    session.onLog = output.note;
    try {
      return await use(session);
    } finally {
      session.close();
    }
  } finally {
    await board.close();
  }
}
