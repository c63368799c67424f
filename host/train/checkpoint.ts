// A training in the middle: everything that its next step depends on, so that it goes on to the same bytes.
import { existsSync, readFileSync } from "node:fs";
import type { Epoch } from "../model/float-model.ts";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "../model/safetensors.ts";
import { writeWhole } from "../model/whole-file.ts";
import { UserError } from "../spec/user-error.ts";
import type { OptimizerState } from "./optimizer.ts";

export type Checkpoint = {
  /** What was being trained, on what, and how: a run goes on only from a checkpoint of the same. */
  run: string;
  /** Steps that are done. */
  step: number;
  parameters: Float32Array[][];
  optimizer: OptimizerState;
  best: { accuracy: number; epoch: number; parameters: Float32Array[][] } | undefined;
  /** The epochs that are done, and sums over the steps of the one that is not. */
  history: Epoch[];
  sums: Sums;
  /** By which a run sees that it diverges; a checkpoint of an older version has none. */
  losses?: { first?: number; above: number };
  /** What the material carries from step to step, by name. */
  carried: Record<string, Float32Array>;
};

/** Of an epoch's steps so far. */
export type Sums = { steps: number; loss: number; correct: number; examples: number };

export const noSums: Readonly<Sums> = { steps: 0, loss: 0, correct: 0, examples: 0 };

/** Writes beside and renames. */
export function writeCheckpoint(
  path: string,
  { run, step, optimizer, best, history, sums, losses, ...state }: Checkpoint,
): void {
  const tensors = new Map<string, Tensor>();
  const put = (name: string, values: Float32Array) => tensors.set(name, { shape: [values.length], values });
  const putLayers = (name: string, layers: Float32Array[][]) => {
    layers.forEach((list, l) => {
      list.forEach((values, i) => {
        put(`${name}.${l}.${i}`, values);
      });
    });
  };
  putLayers("parameters", state.parameters);
  optimizer.moments.forEach((values, i) => {
    put(`moments.${i}`, values);
  });
  if (best) putLayers("best", best.parameters);
  for (const [name, values] of Object.entries(state.carried)) put(`carried.${name}`, values);
  const facts = {
    run,
    step,
    optimizer: { steps: optimizer.steps, powers: optimizer.powers },
    best: best && { accuracy: best.accuracy, epoch: best.epoch },
    history,
    sums,
    losses,
  };
  const metadata = { format: "engram checkpoint", version: "1", facts: JSON.stringify(facts) };
  writeWhole(path, encodeSafetensors({ metadata, tensors }));
}

/**
 * Reads the checkpoint of a run, if there is one.
 * @throws UserError if the file is damaged or belongs to another run
 */
export function readCheckpoint(path: string, run: string): Checkpoint | undefined {
  if (!existsSync(path)) return undefined;
  const restart = `remove ${path} to start anew`;
  const { metadata, tensors } = decode(path, restart);
  if (metadata.format !== "engram checkpoint") throw new UserError(`${path} is no checkpoint`, restart);
  let facts: Pick<Checkpoint, "run" | "step" | "optimizer"> &
    Partial<Pick<Checkpoint, "history" | "sums" | "losses">> & { best?: { accuracy: number; epoch: number } };
  try {
    facts = JSON.parse(metadata.facts);
  } catch (cause) {
    throw new UserError(`${path} is damaged`, restart, { cause });
  }
  if (facts.run !== run) {
    throw new UserError(
      `${path} belongs to a training with other options or data`,
      `give the same options, or ${restart}`,
    );
  }
  const lists = (prefix: string): Float32Array[][] => {
    const layers: Float32Array[][] = [];
    for (const [name, { values }] of tensors) {
      const [kind, layer, index] = name.split(".");
      if (kind !== prefix) continue;
      layers[Number(layer)] ??= [];
      layers[Number(layer)][Number(index)] = values;
    }
    return layers;
  };
  const moments = [...tensors].filter(([name]) => name.startsWith("moments.")).map(([, { values }]) => values);
  const carried = [...tensors].filter(([name]) => name.startsWith("carried."));
  return {
    run,
    step: facts.step,
    parameters: lists("parameters"),
    optimizer: { ...facts.optimizer, moments },
    best: facts.best && { ...facts.best, parameters: lists("best") },
    history: facts.history ?? [],
    sums: facts.sums ?? noSums,
    ...(facts.losses && { losses: facts.losses }),
    carried: Object.fromEntries(carried.map(([name, { values }]) => [name.slice(8), values])),
  };
}

function decode(path: string, hint: string): ReturnType<typeof decodeSafetensors> {
  try {
    return decodeSafetensors(readFileSync(path), path);
  } catch (cause) {
    throw cause instanceof UserError ? new UserError(cause.message, hint, { cause }) : cause;
  }
}
