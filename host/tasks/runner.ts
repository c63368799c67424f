// Something that runs a network over sequences of frames: the float network, the integers in V8, or a board.
import { setImmediate } from "node:timers/promises";
import { DoubleNetwork, wantsDoubles } from "../autodiff/double-network.ts";
import { FloatNetwork } from "../autodiff/float-network.ts";
import { eachWindow } from "../autodiff/windows.ts";
import { type FloatLayer, lanesOf, networkInputs } from "../compile/cell.ts";
import { type Episode, integerStep, play } from "../evolve/episode.ts";
import type { Window } from "../model/pieces.ts";
import { clippedSites, knownCells, saturationWarnings } from "../quantize/saturation.ts";
import { IntegerModel } from "../runtime/integer-model.ts";
import { toIntegers, toValues } from "../runtime/values.ts";
import { UserError } from "../spec/user-error.ts";
import { atStep } from "./full-stack.ts";

export type Runner = {
  /** `float`, `v8`, or a board's name. */
  name: string;
  inputs: number;
  outputs: number;
  /** Each sequence from a fresh start: [steps][inputs] each to [steps][outputs] each. */
  run(sequences: readonly Float32Array[]): Promise<Float32Array[]>;
  /** Frame by frame from a fresh start, in a world that goes on with each result; absent where results come late, of whole windows. */
  play?<Outcome>(episode: Episode<Outcome>): Promise<Outcome>;
  /** Of integers in V8 whose cells skip what did not change: multiplications of weights, done and with those skipped. */
  work?: { done: number; whole: number };
  /** Of integers in V8: what is to be said of values that they had no room for. */
  warnings?: readonly string[];
};

/** Between sequences: what waits is heard, and a signal ends the run. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}

/** The float network, 32 sequences at a time, or fewer (`lanesOf`). @param window where it reads whole windows */
export function floatRunner(layers: readonly FloatLayer[], window?: Window, signal?: AbortSignal): Runner {
  if (wantsDoubles(layers)) return doubleRunner(layers, signal);
  const lanes = lanesOf(layers);
  const several = new FloatNetwork(layers, lanes);
  let alone: FloatNetwork | undefined;
  const single = (): FloatNetwork => {
    alone ??= new FloatNetwork(layers, 1);
    return alone;
  };
  const inputs = networkInputs(layers);
  const outputs = layers[layers.length - 1].sizes.units;
  return {
    name: "float",
    inputs,
    outputs,
    async run(sequences) {
      checkSequences(sequences, inputs);
      const results = sequences.map(({ length }) => new Float32Array((length / inputs) * outputs));
      if (window) {
        eachWindow(several, sequences, window, lanes, ({ i, first, count, from }, found, lane) => {
          const last = found[found.length - 1];
          for (let t = first; t < first + count; t++)
            results[i].set(last[t - from].subarray(lane * outputs, (lane + 1) * outputs), t * outputs);
        });
        return results;
      }
      // Of similar length together, since a batch is as long as its longest.
      const order = sequences.map((_, i) => i).sort((a, b) => sequences[b].length - sequences[a].length || a - b);
      const x = new Float32Array(lanes * inputs);
      const network = sequences.length === 1 ? single() : several;
      for (let first = 0; first < order.length; first += lanes) {
        await pause(signal);
        const chosen = order.slice(first, first + lanes);
        // A lane whose sequence has ended, or that has none, runs one over again: nothing that no sequence asks for fills a stack.
        const running = Array.from(
          { length: network === several ? lanes : 1 },
          (_, lane) => sequences[chosen[lane] ?? chosen[0]],
        );
        network.reset();
        for (let at = 0, to = 0; at < sequences[chosen[0]].length; at += inputs, to += outputs) {
          if (at > 0) network.restart((lane) => at % running[lane].length === 0);
          for (const [lane, sequence] of running.entries()) {
            const from = at % sequence.length;
            x.set(sequence.subarray(from, from + inputs), lane * inputs);
          }
          const y = atStep(at / inputs, () => network.step(x));
          for (const [lane, i] of chosen.entries())
            if (at < sequences[i].length) results[i].set(y.subarray(lane * outputs, (lane + 1) * outputs), to);
        }
      }
      return results;
    },
    ...(!window && {
      async play(episode) {
        const network = single();
        network.reset();
        let step = 0;
        return play(episode, (frame) => atStep(step++, () => network.step(frame)));
      },
    }),
  };
}

// The float network in 64 bits.
function doubleRunner(layers: readonly FloatLayer[], signal?: AbortSignal): Runner {
  const network = new DoubleNetwork(layers);
  const inputs = networkInputs(layers);
  const outputs = layers[layers.length - 1].sizes.units;
  return {
    name: "float",
    inputs,
    outputs,
    async run(sequences) {
      checkSequences(sequences, inputs);
      const results: Float32Array[] = [];
      for (const sequence of sequences) {
        await pause(signal);
        const result = new Float32Array((sequence.length / inputs) * outputs);
        network.reset();
        for (let t = 0; t * inputs < sequence.length; t++)
          result.set(network.step(sequence.subarray(t * inputs, (t + 1) * inputs)), t * outputs);
        results.push(result);
      }
      return results;
    },
    async play(episode) {
      network.reset();
      return play(episode, (frame) => Float32Array.from(network.step(frame)));
    },
  };
}

/** The integers of a model file in V8. */
export function integerRunner(file: Uint8Array, name: string, signal?: AbortSignal): Runner {
  const model = new IntegerModel(file, name);
  const { inputs, outputs, formats } = model;
  const known = knownCells(model.model);
  let steps = 0;
  return {
    name: "v8",
    get warnings() {
      return known ? saturationWarnings(clippedSites(model, steps, known), "these sequences") : [];
    },
    get work() {
      const { work } = model;
      return work.whole > 0 ? work : undefined;
    },
    inputs,
    outputs,
    async run(sequences) {
      checkSequences(sequences, inputs);
      const results: Float32Array[] = [];
      for (const sequence of sequences) {
        await pause(signal);
        const frames = toIntegers(sequence, formats.input);
        steps += frames.length / inputs;
        const result = new Float32Array((sequence.length / inputs) * outputs);
        model.reset();
        let to = 0;
        const keep = (found: Int16Array | undefined) => {
          if (!found) return false;
          result.set(toValues(found, formats.output), to);
          to += outputs;
          return true;
        };
        for (let at = 0; at < frames.length; at += inputs)
          atStep(at / inputs, () => keep(model.push(frames.subarray(at, at + inputs))), model.model);
        while (to < result.length && keep(model.drain()));
        results.push(result);
      }
      return results;
    },
    ...(!model.model.window && {
      async play(episode) {
        const answer = integerStep(model);
        model.reset();
        let step = 0;
        return play(episode, (frame) => {
          steps++;
          return atStep(step++, () => answer(frame), model.model);
        });
      },
    }),
  };
}

/** @throws UserError for a network that cannot answer a frame at once */
export function playing({ play }: Runner): NonNullable<Runner["play"]> {
  if (play) return play;
  throw new UserError("the network reads whole windows, and so answers late", "give it no layer that runs backward");
}

/** @throws UserError for sequences without steps, frames of another width, and values that are no numbers */
export function checkSequences(sequences: readonly Float32Array[], inputs: number): void {
  sequences.forEach((sequence, i) => {
    if (sequence.length === 0) throw new UserError(`sequence ${i} has no steps`, "leave it out");
    if (sequence.length % inputs !== 0)
      throw new UserError(
        `sequence ${i} has ${sequence.length} values, no multiple of the model's ${inputs} inputs`,
        "give frames of the width that the model was trained on",
      );
    const bad = sequence.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new UserError(
        `sequence ${i} holds ${sequence[bad]} in step ${Math.floor(bad / inputs)}`,
        "look for it in the data",
      );
  });
}
