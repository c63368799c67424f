// The board that a verb talks to: opened, greeted, and closed again whatever happens.
import { openFresh } from "../boards/fresh.ts";
import { type BoardKind, boardKind, type OpenBoard, type OpenOptions, openBoard } from "../boards/registry.ts";
import { unheardHints } from "../link/connection.ts";
import { connect, type Session } from "../link/session.ts";
import type { Model } from "../model/model.ts";
import { errors } from "../spec/errors.ts";
import { UserError } from "../spec/user-error.ts";
import { type BoardOptions, boardOf } from "./board-options.ts";
import { opCodes } from "./model-file.ts";
import type { Output } from "./output.ts";

/**
 * Runs a model for as long as it is measured: on a board that is started here in a flash of its own, on one at a port in place
 * of that board's. A signal ends it at once.
 * @param file what people call the model
 */
export async function withModel<Result>(
  { file, model }: { file: string; model: Model },
  options: BoardOptions,
  output: Output,
  signal: AbortSignal | undefined,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const open = async (name: string, facts: OpenOptions): Promise<OpenBoard> => {
    const board = await openFresh(name, facts);
    signal?.addEventListener("abort", () => board.link.destroy(), { once: true });
    if (signal?.aborted) board.link.destroy();
    return board;
  };
  return withOpened(open, options, output, async (session) => {
    const { state, sha256 } = await session.status();
    if (state === "none" || sha256 !== model.sha256) {
      output.note(`flashing ${file}${state === "none" ? "" : ", which replaces the board's model"}`);
      await session.flashModel(model.file, { ops: opCodes(model), signal });
    }
    return use(session);
  });
}

/** Opens the board, hands over its session, closes both. UserError if it is not there or does not answer. */
export const withBoard = <Result>(
  options: BoardOptions,
  output: Output,
  use: (session: Session) => Promise<Result>,
): Promise<Result> => withOpened(openBoard, options, output, use);

async function withOpened<Result>(
  open: (name: string, options: OpenOptions) => Promise<OpenBoard>,
  options: BoardOptions,
  output: Output,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const kind = await boardKind(boardOf(options) ?? "native");
  if (options.flash !== undefined && (kind.forgets || kind.name === "serial"))
    throw new UserError(`a board of kind ${kind.name} has no flash file`, "leave out --flash", { usage: true });
  if (options.microphone !== undefined && kind.name !== "native")
    throw new UserError("--microphone is for the native board", "leave it out", { usage: true });
  const board = await open(kind.name, {
    port: options.port,
    flash: options.flash,
    microphone: options.microphone,
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
  } catch (error) {
    throw error instanceof UserError ? new UserError(error.message, hintFor(kind, error.hint), error) : error;
  } finally {
    await board.close();
  }
}

// What fits a board that was started here: it cannot be unplugged, and may forget its model.
function hintFor({ name, forgets, tools }: BoardKind, hint: string): string {
  if (forgets && hint === errors.noModel[2])
    return `${name} is emulated and forgets its models when a command ends: give stream or bench --model FILE`;
  if (name === "serial" || !Object.values(unheardHints).includes(hint)) return hint;
  return `${tools ? "the emulator" : "the board"} runs on this machine: end what else keeps that busy, then try again`;
}
