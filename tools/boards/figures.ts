// Measures subjects on an emulated board, each on a board that has just started, so that peaks are its own.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Measured, measure } from "../../host/boards/measure.ts";
import { type BoardKind, boardKinds } from "../../host/boards/registry.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { modelFile } from "./subjects.ts";

const steps = 20;
/** On a busy machine an emulated board may stand still for longer than the host waits. */
const attempts = 3;

/** What was measured, or why the board refused it. */
export type Figure = Measured | string;
/** A board as it was measured, figures by subject. */
export type Report = { name: string; compiler: string; emulator: string; figures: Map<string, Figure> };

/** Kinds of boards that are emulated, also those that cannot be used here. */
export async function emulatedBoards(): Promise<BoardKind[]> {
  return (await boardKinds()).filter(({ ticksPerInstruction }) => ticksPerInstruction);
}

/** First lines of what compiler and emulator say of their versions. */
export async function versions({ tools = [], emulator }: BoardKind): Promise<{ compiler: string; emulator: string }> {
  const [compiler, program] = await Promise.all(
    tools.map(async ({ command }) => (await promisify(execFile)(command, ["--version"])).stdout.split("\n")[0]),
  );
  return { compiler, emulator: emulator ?? program };
}

/**
 * Measures a board.
 * @param onProgress takes what is being measured
 */
export async function reportOf(
  kind: BoardKind,
  subjects: readonly string[],
  onProgress: (doing: string) => void = () => {},
): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "engram-bench-"));
  const figures: Report["figures"] = new Map();
  try {
    for (const subject of subjects) {
      onProgress(`${kind.name}: ${subject}`);
      figures.set(subject, await figureOf(kind.name, await modelFile(subject), join(folder, "flash")));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { name: kind.name, ...(await versions(kind)), figures };
}

async function figureOf(board: string, file: Uint8Array, flash: string): Promise<Figure> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await measure(board, file, steps, { flash });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const [, reason] = /^the board refuses the model: (.*)$/.exec(error.message) ?? [];
      if (reason) return reason;
      if (attempt === attempts || !/answer/.test(error.message)) throw error;
    }
  }
}
