// The levels of a history compressor as stages of training: level 1 learns the next symbol of streams, level 2 the next of the symbols that
// level 1 does not foretell, and level 1 learns once more, now also what level 2 has in mind. J. Schmidhuber 1992, "Learning complex,
// extended sequences using the principle of history compression", Neural Computation 4(2):234-242.
import { exp2 } from "../../data/reproducible-math.ts";
import type { FloatModel } from "../../model/float-model.ts";
import { countCorrect, crossEntropy, greatest, oneHot, part, squaredError } from "../../train/loss.ts";
import { limit } from "../history.ts";
import { floatRunner, type Runner } from "../runner.ts";
import type { TaskData } from "../task.ts";

/** What results shall imitate beside the next symbol. */
type Taught = {
  /** Of each stream, [steps][units]. */
  states: readonly Float32Array[];
  units: number;
  /** Against the loss of the next symbol. */
  weight: number;
};

/** Streams, all of which are learnt from `span` steps at a time, again and again, each time from the states that the last steps left. */
export function inPieces(
  streams: readonly Uint8Array[],
  span: number,
  symbols: number,
  taught?: Taught,
): TaskData["batch"] {
  const pieces = Math.floor((Math.min(...streams.map(({ length }) => length)) - 1) / span);
  return (size, _random, _progress, step = 0) => {
    if (size !== streams.length) throw new Error(`a batch of ${size} from ${streams.length} streams`);
    const first = (step % pieces) * span;
    const at = (t: number): number[] => streams.map((stream) => stream[first + t]);
    const each = new Float32Array(size).fill(1 / (size * span));
    return {
      continues: first > 0,
      frames: Array.from({ length: span }, (_, t) => oneHot(at(t), symbols)),
      loss(network, results) {
        let [loss, correct] = [0, 0];
        results.forEach((result, t) => {
          const logits = part(network, result, 0, symbols);
          loss += crossEntropy(network, logits, oneHot(at(t + 1), symbols), each);
          correct += countCorrect(network, logits, at(t + 1));
          if (!taught) return;
          const { units, states, weight } = taught;
          const from = (first + t) * units;
          const wanted = states.flatMap((state) => [...state.subarray(from, from + units)]);
          const weights = each.map((share) => (share * weight) / units);
          loss += squaredError(network, part(network, result, symbols, units), Float32Array.from(wanted), weights);
        });
        return { loss, correct, examples: size * span };
      },
    };
  };
}

/** Steps of each stream that level 1 does not foretell, the first among them. */
export async function surprisesOf(
  level1: Runner,
  streams: readonly Uint8Array[],
  symbols: number,
): Promise<number[][]> {
  const results = await level1.run(streams.map((stream) => oneHot(stream, symbols)));
  return streams.map((stream, i) =>
    [...stream.keys()].filter((step) => {
      if (step === 0) return true;
      const from = (step - 1) * level1.outputs;
      const symbol = stream[step];
      return greatest(results[i], from, symbols) !== symbol || probability(results[i], from, symbols, symbol) <= limit;
    }),
  );
}

function probability(logits: Float32Array, from: number, symbols: number, symbol: number): number {
  const [own, log2e] = [logits[from + symbol], 1 / Math.LN2];
  let sum = 0;
  for (let i = from; i < from + symbols; i++) sum += exp2(Math.max(-1000, (logits[i] - own) * log2e));
  return 1 / sum;
}

/** Level 2's state after each step of each stream. @param level2 its recurrent layer, then its read-out */
export async function statesOf(
  { layers }: FloatModel,
  streams: readonly Uint8Array[],
  surprises: readonly number[][],
  symbols: number,
): Promise<Float32Array[]> {
  const [recurrent] = layers;
  const { units } = recurrent.sizes;
  const heard = streams.map((stream, i) =>
    oneHot(
      surprises[i].map((step) => stream[step]),
      symbols,
    ),
  );
  const found = await floatRunner([recurrent]).run(heard);
  return streams.map((stream, i) => {
    const states = new Float32Array(stream.length * units);
    surprises[i].forEach((step, k) => {
      const until = surprises[i][k + 1] ?? stream.length;
      for (let t = step; t < until; t++) states.set(found[i].subarray(k * units, (k + 1) * units), t * units);
    });
    return states;
  });
}
