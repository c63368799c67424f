// The associative memory that a board runs: what it has learned, what it recalls, its energy.
import type { Session } from "../link/session.ts";
import { readModel } from "../model/model.ts";
import { packLearned, unpackLearned } from "../runtime/learned.ts";
import { errors } from "../spec/errors.ts";
import { store } from "../spec/store.ts";
import { UserError } from "../spec/user-error.ts";
import type { PatternFile } from "./pattern-file.ts";

export type Memory = {
  session: Session;
  cell: "hopfield" | "bam";
  stochastic: boolean;
  /** Units; of a bidirectional memory those of x, then of y. */
  layers: number[];
  units: number;
  sha256: string;
  /** Fraction bits of what goes in. */
  format: number;
  energyAt: number;
  /** What it has learned, by number; undefined: another model's. */
  learned: (Int8Array | undefined)[];
};

export type Recall = {
  /** After each step. */
  energies: number[];
  values: Int8Array;
  steps: number;
  ended: "settled" | "cycle" | "unsettled";
};

const noMemory =
  "flash models/architectures/hopfield-recall.engram, or what `engram train recall` and `engram quantize` make";
/** Steps of a memory whose units decide by chance at first. */
const chanceSteps = 40;

/** @throws UserError if the board's model is none */
export async function memoryOf(session: Session): Promise<Memory> {
  const { sha256 } = await session.status();
  const model = readModel(await session.readModel(), "the board's model");
  const layer = model.meta?.layers[0];
  const { cell } = layer ?? {};
  if (model.layers.length !== 1 || (cell !== "hopfield" && cell !== "bam"))
    throw new UserError("the board's model is no associative memory", noMemory);
  const { rows: units, format } = model.frame;
  const memory: Memory = {
    session,
    cell,
    stochastic: layer!.options.stochastic === true,
    layers: cell === "bam" ? [layer!.sizes.xs, layer!.sizes.ys] : [units],
    units,
    sha256,
    format,
    energyAt: model.layers[0].records[model.layers[0].inputs + layer!.states.indexOf("e")].offset,
    learned: [],
  };
  for (let value = await learnedOf(session, 0); value; value = await learnedOf(session, memory.learned.length)) {
    const frame = unpackLearned(sha256, units, value);
    memory.learned.push(frame && Int8Array.from(frame, Math.sign));
  }
  return memory;
}

/** The value of a number, undefined if there is none. */
async function learnedOf(session: Session, number: number): Promise<Uint8Array | undefined> {
  if (number >= store.learnedMost) return undefined;
  return session.get(store.learned + number).catch((error) => {
    if (error instanceof UserError && /no such entry/.test(error.message)) return undefined;
    throw error;
  });
}

/** @throws UserError for a pattern that does not fit */
export function checkPattern({ layers, units, cell }: Memory, { name, values }: PatternFile, whole: boolean): void {
  const fits = values.length === units || (!whole && cell === "bam" && values.length === layers[0]);
  if (!fits) {
    const wanted = cell === "bam" ? `${layers.join(" + ")} = ${units}` : `${units}`;
    throw new UserError(`${name} has ${values.length} values; the memory has ${wanted} units`, "draw it in that size");
  }
  if (values.every((value) => value === 0))
    throw new UserError(`of ${name} nothing is known`, "draw what is, with # and .");
  if (whole && values.includes(0))
    throw new UserError(`${name} has values that are not known`, "what is to be learned must be whole");
}

/** What there is to say of one more pattern. @throws UserError for one that is there already, and for one too many */
export function cautions({ cell, layers, learned, units }: Memory, { name, values }: PatternFile): string[] {
  const same = (a: ArrayLike<number>, b: ArrayLike<number>, sign = 1) =>
    Array.from(a).every((value, i) => value === sign * b[i]);
  const at = learned.findIndex((pattern) => pattern && same(pattern, values));
  if (at >= 0) throw new UserError(`${name} is there already, as pattern ${at + 1}`, "`engram recall` brings it back");
  if (learned.length >= store.learnedMost)
    throw new UserError(`the memory is full: ${learned.length} patterns`, "forget some with `engram teach --forget`");
  const count = learned.filter((pattern) => pattern).length + 1;
  const notes: string[] = [];
  const complement = learned.findIndex((pattern) => pattern && same(pattern, values, -1));
  if (complement >= 0)
    notes.push(`${name} is the complement of pattern ${complement + 1}, which the memory recalls as well`);
  if (cell === "hopfield" && count > 0.138 * units) {
    const wrong = (50 * erfc(Math.sqrt(units / (2 * count)))).toFixed(1);
    notes.push(
      `${count} patterns in ${units} units are more than 0.138 of them: ${wrong} % of the values will be wrong after one step, and what comes back may be none of them`,
    );
  }
  const [xs] = layers;
  if (cell === "bam" && count > Math.min(...layers) / 8)
    notes.push(
      `${count} pairs are more than an eighth of the ${Math.min(...layers)} units of the smaller layer: some will not come back whole`,
    );
  const twin = learned.findIndex(
    (pair) => cell === "bam" && pair && same(pair.subarray(0, xs), values.subarray(0, xs)),
  );
  if (twin >= 0)
    notes.push(`${name} has the x of pair ${twin + 1} and another y: what comes back is a mixture of both`);
  return notes;
}

// M. Abramowitz, I. Stegun 1964, Handbook of mathematical functions, 7.1.26, of arguments from 0 on: within 1.5e-7.
function erfc(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return p * Math.exp(-x * x);
}

/** Has the board learn a pattern, which it keeps. @returns its number */
export async function teach(memory: Memory, { values }: PatternFile): Promise<number> {
  const number = memory.learned.length;
  await write(memory, number, values).catch((error) => {
    if (!(error instanceof UserError) || !error.message.includes(errors.space[1])) throw error;
    throw new UserError(
      `the memory is full: the board's journal has room for ${number} patterns`,
      "forget some with `engram teach --forget`",
      { cause: error },
    );
  });
  memory.learned.push(values);
  return number;
}

/** Forgets one pattern, whose number the last one takes, or all. */
export async function forget(memory: Memory, number?: number): Promise<void> {
  const { session, learned } = memory;
  const last = learned.length - 1;
  if (number !== undefined && number < last) {
    const value = await learnedOf(session, last);
    await session.set(store.learned + number, value!);
    learned[number] = learned[last];
  }
  for (let n = last; n >= (number === undefined ? 0 : last); n--) {
    await session.set(store.learned + n, new Uint8Array());
    learned.pop();
  }
}

const write = ({ session, sha256, format }: Memory, number: number, values: Int8Array): Promise<void> =>
  session.set(
    store.learned + number,
    packLearned(
      sha256,
      Int16Array.from(values, (value) => value * 2 ** (format + 1)),
    ),
  );

/** Lets the memory go on from a pattern until nothing changes, or it comes back to what was two steps before. */
export async function recall(memory: Memory, values: Int8Array, mostSteps: number, energies: boolean): Promise<Recall> {
  const { session, units, format, stochastic } = memory;
  const frame = new Int16Array(units);
  values.forEach((value, i) => {
    frame[i] = value * 2 ** format;
  });
  const found: Int8Array[] = [];
  const seen: number[] = [];
  const stream = await session.stream({ source: "frames", logits: true });
  const results = stream[Symbol.asyncIterator]();
  const equal = (back: number) => found.at(-1)!.every((value, i) => value === found.at(-1 - back)![i]);
  let ended: Recall["ended"] = "unsettled";
  while (found.length < mostSteps && ended === "unsettled") {
    await stream.write(found.length === 0 ? frame : new Int16Array(units));
    let event = await results.next();
    while (!event.done && event.value.type !== "logits") event = await results.next();
    if (event.done || event.value.type !== "logits")
      throw new UserError("the stream ended before the memory settled", "try again");
    found.push(Int8Array.from(event.value.logits, Math.sign));
    if (energies) seen.push(await energyOf(memory));
    if (found.length > 1 && equal(1) && (!stochastic || found.length >= chanceSteps)) ended = "settled";
    else if (found.length > 2 && equal(2) && !stochastic) ended = "cycle";
  }
  if (!energies) seen.push(await energyOf(memory));
  await stream.end();
  return { energies: seen, values: found.at(-1)!, steps: found.length, ended };
}

/** The energy of the state that the memory is in. */
export async function energyOf({ session, energyAt }: Memory): Promise<number> {
  const bytes = await session.saveStates(energyAt, 4);
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
}

/** The learned pattern that is nearest, or whose complement is, and how much the two overlap: 1 where they are equal, −1 of complements. */
export function nearest({ learned }: Memory, values: Int8Array): { number: number; overlap: number } | undefined {
  let best: { number: number; overlap: number } | undefined;
  learned.forEach((pattern, number) => {
    if (!pattern) return;
    const overlap = pattern.reduce((sum, value, i) => sum + value * values[i], 0) / values.length;
    if (!best || Math.abs(overlap) > Math.abs(best.overlap)) best = { number, overlap };
  });
  return best;
}
