// The board that a verb talks to: opened, greeted, and closed again whatever happens.
import { boardKind, openBoard } from "../boards/registry.ts";
import { connect, type Session } from "../link/session.ts";
import { errors } from "../spec/errors.ts";
import { UserError } from "../spec/user-error.ts";
import { type BoardOptions, boardOf } from "./board-options.ts";
import type { Output } from "./output.ts";

/** Opens the board, hands over its session, closes both. UserError if it is not there or does not answer. */
export async function withBoard<Result>(
  options: BoardOptions,
  output: Output,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const kind = await boardKind(boardOf(options) ?? "native");
  if (options.flash !== undefined && (kind.forgets || kind.name === "serial"))
    throw new UserError(`a board of kind ${kind.name} has no flash file`, "leave out --flash", { usage: true });
  const board = await openBoard(kind.name, {
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
    } catch (error) {
      if (!kind.forgets || !(error instanceof UserError) || error.hint !== errors.noModel[2]) throw error;
      throw new UserError(
        error.message,
        `${kind.name} is emulated and forgets its models when a command ends: give stream or bench --model FILE`,
      );
    } finally {
      session.close();
    }
  } finally {
    await board.close();
  }
}
