// npy: x of shape (sequences, steps) or (sequences, steps, inputs), named SPLIT-x.npy, x_SPLIT.npy, or x.npy; beside it, x
// replaced by y, labels of shape (sequences) or targets of shape (sequences, steps) or (sequences, steps, outputs). A file
// that is named otherwise is an x without labels, where no x stands beside it.
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../../spec/user-error.ts";
import { type Npy, readNpy } from "../npy.ts";
import type { FoundSequence, SequenceReader } from "../sequence-set.ts";
import { numberIn, splitNamed } from "../value.ts";

const NAME = /\.npy(\.gz)?$/i;
const PAIR = /^(?:(train|val|validation|test)[-_.])?([xy])(?:[-_.](train|val|validation|test))?\.npy(\.gz)?$/i;

/** Labels, or targets of each step. */
type Answers = { labels?: string[]; targets?: Float32Array[]; outputs?: number; path: string };

export const reader: SequenceReader = {
  choose(names) {
    const arrays = names.filter((name) => NAME.test(name) && PAIR.exec(name)?.[2].toLowerCase() !== "y");
    const named = arrays.filter((name) => PAIR.test(name));
    return named.length > 0 ? named : arrays;
  },

  async *read(path, naming) {
    const [named] = Object.keys(naming);
    if (named !== undefined)
      throw new UserError(`${path} has no column for ${named}: arrays have no names`, "Save it as CSV or NDJSON.");
    const answers = await answersBeside(path);
    const match = PAIR.exec(basename(path));
    const split = splitNamed(match?.[1] ?? match?.[3] ?? basename(path).replace(NAME, ""));
    yield* readNpy(path, (npy) => sequencesOf(npy, path, answers, split));
  },
};

async function* sequencesOf(
  npy: Npy,
  path: string,
  answers: Answers | undefined,
  split: FoundSequence["split"],
): AsyncGenerator<FoundSequence> {
  const [count, steps, inputs = 1, ...rest] = npy.shape;
  if (steps === undefined || rest.length > 0 || (count > 0 && steps * inputs === 0))
    throw new UserError(
      `${path} has shape (${npy.shape.join(", ")}), expected (sequences, steps) or (sequences, steps, inputs)`,
      "Reshape the array; one sequence alone is x[None].",
    );
  if (answers) requireFit(answers, count, steps, path);
  for (let index = 0; index < count; index++) {
    const origin = `${path}[${index}]`;
    const x = new Float32Array(steps * inputs);
    await npy.read(x);
    requireFinite(x, inputs, origin);
    const label = answers?.labels?.[index];
    const targets = answers?.targets?.[index];
    yield {
      x,
      steps,
      inputs,
      ...(label !== undefined && { label }),
      ...(targets && { targets, outputs: answers!.outputs }),
      ...(split && { split }),
      origin,
    };
  }
}

function requireFit({ labels, targets, outputs, path }: Answers, count: number, steps: number, xPath: string): void {
  const found = labels?.length ?? targets!.length;
  if (found !== count)
    throw new UserError(`${path} is for ${found} sequences, expected ${count} as in ${xPath}`, "Save both again.");
  const first = targets?.[0];
  if (first && first.length !== steps * outputs!)
    throw new UserError(
      `${path} has targets of ${first.length / outputs!} steps, expected ${steps} as in ${xPath}`,
      "Save both again.",
    );
}

function requireFinite(values: Float32Array, width: number, origin: string): void {
  for (let n = 0; n < values.length; n++) {
    if (Number.isFinite(values[n])) continue;
    numberIn(values[n], () => `${origin}: step ${Math.floor(n / width) + 1}, column ${(n % width) + 1}`);
  }
}

async function answersBeside(path: string): Promise<Answers | undefined> {
  const match = PAIR.exec(basename(path));
  if (!match) return undefined;
  const wanted = pairName(match, "y");
  const beside = readdirSync(dirname(path)).find((name) => {
    const other = PAIR.exec(name);
    return other?.[2].toLowerCase() === "y" && pairName(other, "y") === wanted;
  });
  if (!beside) return undefined;
  const file = join(dirname(path), beside);
  let answers: Answers | undefined; // not returned from the loop: what follows the numbers is still checked
  for await (const read of readNpy(file, (npy) => readAnswers(npy, file))) answers = read;
  return answers;
}

function pairName([, before, , after]: RegExpExecArray, letter: string): string {
  return [before, letter, after].filter(Boolean).join("-").toLowerCase();
}

async function* readAnswers(npy: Npy, path: string): AsyncGenerator<Answers> {
  const [count, steps, outputs = 1, ...rest] = npy.shape;
  if (rest.length > 0)
    throw new UserError(
      `${path} has shape (${npy.shape.join(", ")}), expected (sequences) or (sequences, steps, outputs)`,
      "Give one label a sequence, or the targets of each step.",
    );
  if (steps === undefined) {
    const labels = new Float64Array(count);
    await npy.read(labels);
    yield { labels: Array.from(labels, (value, n) => labelName(value, `${path}[${n}]`)), path };
    return;
  }
  const targets: Float32Array[] = [];
  for (let index = 0; index < count; index++) {
    const values = new Float32Array(steps * outputs);
    await npy.read(values);
    requireFinite(values, outputs, `${path}[${index}]`);
    targets.push(values);
  }
  yield { targets, outputs, path };
}

function labelName(value: number, origin: string): string {
  if (Number.isSafeInteger(value)) return String(value);
  throw new UserError(
    `${origin} is ${value}, expected the integer of a class`,
    "Targets of each step need the shape (sequences, steps, outputs).",
  );
}
