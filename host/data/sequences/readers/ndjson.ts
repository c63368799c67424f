// NDJSON, a sequence a line: {"x": [[…], …], "label", "group" (or "person", "writer", "speaker"), "split", "y": [[…], …]}.
// Plain numbers in x or y are steps of one value. Other keys are ignored.
import { basename } from "node:path";
import { UserError } from "../../../spec/user-error.ts";
import { jsonLinesOf } from "../json-lines.ts";
import type { FoundSequence, Naming, SequenceReader } from "../sequence-set.ts";
import { numberIn, splitIn, splitNamed } from "../value.ts";

const NAME = /\.(ndjson|jsonl)(\.gz)?$/i;
const GROUPS = ["group", "person", "writer", "speaker"];

type Row = Record<string, unknown>;

export const reader: SequenceReader = {
  choose: (names) => names.filter((name) => NAME.test(name)),

  async *read(path, naming) {
    const named = splitNamed(basename(path).replace(NAME, ""));
    const lists = { inputs: 0, targets: 1 };
    for (const what of ["inputs", "targets"] as const)
      if ((naming[what]?.length ?? 0) > lists[what])
        throw new UserError(
          `${path} has no columns to name as ${what}`,
          what === "inputs" ? "The inputs of a step are its values in x." : "Name the one key that holds the targets.",
        );
    for await (const { row, origin } of jsonLinesOf(path)) yield sequenceOf(row, origin, naming, named);
  },
};

function sequenceOf(row: Row, origin: string, naming: Naming, named: FoundSequence["split"]): FoundSequence {
  const x = matrixOf(row.x, "x", origin);
  const targets = naming.targets ? required(row, naming.targets[0], origin) : "y";
  const y = row[targets] === undefined ? undefined : matrixOf(row[targets], targets, origin);
  if (y && y.steps !== x.steps)
    throw new UserError(
      `${origin}: ${targets} has ${y.steps} steps, expected ${x.steps} as in x`,
      `${targets} holds the targets of each step; the class of a sequence is its label.`,
    );
  const label = nameIn(row, naming.label ? required(row, naming.label, origin) : "label", origin);
  const groupKey = naming.group ? required(row, naming.group, origin) : GROUPS.find((key) => key in row);
  const group = groupKey && nameIn(row, groupKey, origin);
  const split = splitIn(row.split, origin) ?? named;
  return {
    x: x.values,
    steps: x.steps,
    inputs: x.width,
    ...(y && { targets: y.values, outputs: y.width }),
    ...(label !== undefined && { label }),
    ...(group !== undefined && { group }),
    ...(split && { split }),
    origin,
  };
}

function matrixOf(value: unknown, key: string, origin: string): { values: Float32Array; steps: number; width: number } {
  if (!Array.isArray(value) || value.length === 0)
    throw new UserError(
      `${origin}: ${key} is ${value === undefined ? "missing" : Array.isArray(value) ? "empty" : "no list of steps"}`,
      'A line should look like {"x": [[1, 2], [3, 4]]}.',
    );
  const width = Array.isArray(value[0]) ? value[0].length : 1;
  const values = new Float32Array(value.length * width);
  value.forEach((step: unknown, t) => {
    const numbers = Array.isArray(step) ? step : [step];
    if (numbers.length !== width || width === 0)
      throw new UserError(
        `${origin}: step ${t + 1} of ${key} has ${numbers.length} values, expected ${width || "at least 1"}`,
        "Every step needs the same number of values.",
      );
    for (let n = 0; n < width; n++)
      values[t * width + n] = numberIn(numbers[n], () => `${origin}: step ${t + 1} of ${key}, value ${n + 1},`);
  });
  return { values, steps: value.length, width };
}

function required(row: Row, key: string, origin: string): string {
  if (key in row) return key;
  throw new UserError(`${origin} has no key "${key}"`, `Its keys are ${Object.keys(row).join(", ")}.`);
}

function nameIn(row: Row, key: string, origin: string): string | undefined {
  const value = row[key];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "object") return String(value);
  throw new UserError(`${origin}: ${key} is ${JSON.stringify(value)}, expected a name or a number`, "Correct it.");
}
