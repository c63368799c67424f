// The emulated boards that can be used here. Where tools are missing a board is skipped with a message, or, under
// ENGRAM_STRICT, its tests fail.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { type BoardKind, boardKinds, openBoard } from "../../host/boards/registry.ts";
import { connect, type Session } from "../../host/link/session.ts";

/** For flash files, not to touch the user's; gone after the tests. */
export const folder = mkdtempSync(join(tmpdir(), "engram-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Those available, all emulated ones if strict. */
export async function emulatedBoards(): Promise<BoardKind[]> {
  const kinds = (await boardKinds()).filter(({ ticksPerInstruction }) => ticksPerInstruction);
  const missing = await Promise.all(kinds.map((kind) => kind.available()));
  kinds.forEach(({ name }, i) => {
    if (missing[i]) console.log(`${name} skipped: ${missing[i].what}; ${missing[i].hint}`);
  });
  return kinds.filter((_, i) => !missing[i] || process.env.ENGRAM_STRICT);
}

/** Opens a board for as long as `use` takes. */
export async function withSession<Result>(
  name: string,
  use: (session: Session) => Promise<Result>,
  options: Parameters<typeof openBoard>[1] = {},
): Promise<Result> {
  const board = await openBoard(name, { flash: join(folder, `${name}.flash`), ...options });
  try {
    const session = await connect(board.link);
    try {
      return await use(session);
    } finally {
      session.close();
    }
  } finally {
    await board.close();
  }
}

/** A test for each board, each with a session of its own. */
export async function testBoards(
  what: string,
  use: (session: Session, name: string) => Promise<void>,
  options: Parameters<typeof openBoard>[1] = {},
): Promise<void> {
  for (const { name } of await emulatedBoards())
    test(`${name}: ${what}`, () => withSession(name, (session) => use(session, name), options));
}

/** Sends frames and gives the logits of each. */
export async function logitsOf(session: Session, frames: Int16Array, keep = false): Promise<Int16Array[]> {
  const stream = await session.stream({ source: "frames", logits: true, keep });
  const count = frames.length / stream.facts.inputs;
  const heard: Int16Array[] = [];
  const written = stream.write(frames).then(() => stream.end());
  for await (const event of stream) {
    if (event.type === "logits") heard.push(event.logits);
    if (heard.length === count) break;
  }
  await written;
  return heard;
}
