// The native board's power is cut in flash operations of an update over the real link, and again in those of what follows. Whatever
// is cut, the board comes back with the model before the update or the one after it, which gives V8's logits, and takes the next.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { loadCell } from "../../host/compile/load.ts";
import { childLink } from "../../host/link/child.ts";
import { connect, type Session } from "../../host/link/session.ts";
import { randomModel } from "../../host/quantize/random-model.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { folder, program } from "./program.ts";
import { differing, logitsOf, run } from "./streams.ts";

type Small = { file: Uint8Array; sha256: string; logits: Int16Array[] };
/** Flash operations of the update; power cuts in it; with which model the board came back; cuts in what followed. */
export type Counts = { operations: number; cuts: number; old: number; new: number; again: number };

/** Enough that a new model is confirmed. */
const frames = Int16Array.from({ length: 9 }, (_, i) => 5000 * Math.sin(i));
/** Bytes that are done: none, one, half, all but the last; of a write unit (8), and of the erase units (4096) in the beginning. */
const tearsOf = (operation: number): number[] => [0, 1, 4, 7, ...(operation < 3 ? [2048, 4095] : [])];
/** The smallest that there are. */
const [first, second, third] = await Promise.all([2, 3, 4].map(small));
/** Two units erased; the model, its commit record and the mark of a confirmed one written. */
const operationsOf = ({ file }: Small): number => 2 + Math.ceil(file.length / 8) + 3 + 1;

async function small(units: number): Promise<Small> {
  const file = randomModel(await loadCell("elman"), { units, inputs: 1 });
  const model = new IntegerModel(file);
  const logits = Array.from(frames, (_, i) => model.step(frames.subarray(i, i + 1)).slice());
  return { file, sha256: model.model.sha256, logits };
}

/**
 * @param every cuts every so many operations, and the first and last few; 1 for all. The recovery is cut so too, for one tear of
 * each operation.
 * @throws what must not be
 */
export async function cutPower(every: number, onProgress: (counts: Counts) => void = () => {}): Promise<Counts> {
  const [before, flash] = [join(folder, "before.flash"), join(folder, "cut.flash")];
  await live(before, [], [], third);
  await live(before, [], [third], first); // so that the update goes over an older model
  const counts: Counts = { operations: 0, cuts: 0, old: 0, new: 0, again: 0 };
  for (const operation of operations(every, operationsOf(second))) {
    for (const [i, tear] of tearsOf(operation).entries()) {
      copyFileSync(before, flash);
      if ((await live(flash, cutIn(operation, tear), [first], second)).through)
        return { ...counts, operations: operation };
      counts.cuts++;
      const had =
        i === operation % 4 ? await cutAgain(flash, every, counts) : await comesBack(flash, [first, second], third);
      if (had === first) counts.old++;
      else counts.new++;
    }
    onProgress(counts);
  }
  throw new Error("the update has more operations than it should");
}

/** Cuts what a board does that comes back from a power cut, and gives the model that it has. */
async function cutAgain(before: string, every: number, counts: Counts): Promise<Small> {
  const flash = join(folder, "again.flash");
  for (const operation of operations(every, operationsOf(third) + 1)) {
    for (const tear of tearsOf(operation)) {
      copyFileSync(before, flash);
      const { had, through } = await live(flash, cutIn(operation, tear), [first, second], third);
      if (through) return had!;
      counts.again++;
      await comesBack(flash, [had!, third], first);
    }
  }
  throw new Error("the recovery has more operations than it should");
}

async function comesBack(flash: string, models: Small[], wanted: Small): Promise<Small> {
  const { had } = await live(flash, [], models, wanted);
  return had!;
}

/** Up to one that an update of `last` operations does not reach. */
const operations = (every: number, last: number): number[] =>
  Array.from({ length: last + 1 }, (_, i) => i).filter((i) => i < 3 || i > last - 6 || i % every === 0);

const cutIn = (operation: number, tear: number): string[] => ["--cut-after", `${operation}`, "--tear", `${tear}`];

/** A board's life: it must have one of `models`, or none if there are none, is given `wanted`, and both run until power fails. */
async function live(
  flash: string,
  flaws: string[],
  models: Small[],
  wanted: Small,
): Promise<{ had: Small | undefined; through: boolean }> {
  const link = childLink(program!, ["--flash", flash, ...flaws]);
  const closed = new Promise((resolve) => link.once("close", resolve));
  link.on("error", () => {});
  let had: Small | undefined;
  try {
    const session = await connect(link);
    const { sha256 } = await session.status();
    had = models.find((model) => model.sha256 === sha256);
    if (!had && models.length > 0) throw new Error(`another model is there: ${sha256}`);
    if (had) await check(session, had);
    await session.flashModel(wanted.file);
    await check(session, wanted);
    return { had, through: true };
  } catch (error) {
    if (!(error as Error).message.endsWith("has ended with code 9")) throw error;
    return { had, through: false };
  } finally {
    link.destroy();
    await closed;
  }
}

async function check(session: Session, { logits }: Small): Promise<void> {
  const got = logitsOf(await run(session, { source: "frames", logits: true }, frames));
  const at = differing(got, logits);
  if (at !== undefined) throw new Error(`step ${at} differs from V8`);
}
