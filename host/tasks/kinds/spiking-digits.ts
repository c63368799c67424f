// Single spoken digits by a liquid of spiking neurons: what traces of its spikes say at the end of the word.
import type { Random } from "../../data/random.ts";
import { countCorrect, crossEntropy, greatest, oneHot } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import { type Digit, digitFrontEnd, digitLabels, readDigits } from "../sources/spoken-digits.ts";
import type { Batch, Task, TaskData } from "../task.ts";

const [frontEnd, labels] = [digitFrontEnd, digitLabels];
const { bands } = frontEnd;
const neurons = 300;
/** Steps of 5 ms in which the liquid sees a frame of 20. */
const substeps = 4;
const milliseconds = (1000 * frontEnd.hop) / frontEnd.sampleRate / substeps;

/** Deviations from the mean beyond which a feature is cut. */
const [lowest, highest] = [-2, 3];

/** Each frame as often as the liquid sees it, features in deviations from their means. */
function held(frames: Float32Array, { means, deviations }: Spread): Float32Array {
  const all = new Float32Array(frames.length * substeps);
  for (let t = 0; t * bands < all.length; t++) {
    const from = Math.floor(t / substeps) * bands;
    for (let band = 0; band < bands; band++) {
      const value = (frames[from + band] - means[band]) / deviations[band];
      all[t * bands + band] = Math.min(highest, Math.max(lowest, value));
    }
  }
  return all;
}

/** By band, of training data. */
type Spread = { means: number[]; deviations: number[] };

function spreadOf(digits: readonly Digit[]): Spread {
  const each = Array.from({ length: bands }, (_, band) =>
    digits.flatMap(({ frames }) => Array.from(frames.filter((_, i) => i % bands === band))),
  );
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const means = each.map(mean);
  const deviations = each.map((values, band) => Math.sqrt(mean(values.map((value) => (value - means[band]) ** 2))));
  return { means, deviations };
}

async function open(folder: string | undefined): Promise<TaskData> {
  const { hash, digits } = await readDigits(folder, frontEnd);
  const part = (split: Digit["split"]) => digits.filter((digit) => digit.split === split);
  const training = part("train");
  const spread = spreadOf(training);
  const heard = ({ frames }: Digit) => held(frames, spread);
  const shown = (all: readonly Digit[]) =>
    all.map((each) => {
      const frames = heard(each);
      const targets = Float64Array.from(labels, (_, i) => (i === each.digit ? 1 : -1));
      return { frames, targets, from: frames.length / bands - 1 };
    });

  function batch(size: number, random: Random): Batch {
    const chosen = Array.from({ length: size }, () => random.pick(training));
    const all = chosen.map(heard);
    const lengths = all.map(({ length }) => length / bands);
    const classes = chosen.map(({ digit }) => digit);
    return {
      frames: Array.from({ length: Math.max(...lengths) }, (_, t) => {
        const frame = new Float32Array(size * bands);
        all.forEach((frames, row) => {
          if (t < lengths[row]) frame.set(frames.subarray(t * bands, (t + 1) * bands), row * bands);
        });
        return frame;
      }),
      lengths,
      loss(network, results) {
        const last = results[results.length - 1];
        const each = new Float32Array(size).fill(1 / size);
        const loss = crossEntropy(network, last, oneHot(classes, labels.length, 0.05), each);
        return { loss, correct: countCorrect(network, last, classes), examples: size };
      },
    };
  }

  async function evaluate(runner: Runner, split: "val" | "test") {
    const clips = part(split);
    const results = await runner.run(clips.map(heard));
    const right = results.filter(
      (said, i) => greatest(said, said.length - labels.length, labels.length) === clips[i].digit,
    );
    return { accuracy: (100 * right.length) / clips.length };
  }

  return {
    name: "fsdd",
    hash,
    lesson: { sequences: shown(training), lambdas: [3, 10, 30, 100], afterChoice: shown(part("val")) },
    batch,
    calibration: () => training.filter((_, i) => i % 16 === 0).map(heard),
    evaluate,
  };
}

/** What is left of a value after a step, so many milliseconds being its time constant. */
const after = (constant: number): number => Math.exp(-milliseconds / constant);

/** Time constants of the traces, in milliseconds. */
const traces = [30, 60, 120, 240, 480, 960];
/** What is left of a trace after a step, one after the other. */
export const fading = traces.map(after);

export const task: Task = {
  summary: "which digit is spoken, by a liquid of 300 spiking neurons",
  source:
    "D. Verstraeten, B. Schrauwen, D. Stroobandt, J. Van Campenhout, Isolated word recognition with the liquid state machine: a case study, Information Processing Letters 95(6):521-528, 2005; data: FSDD",
  inputs: bands,
  outputs: labels.length,
  labels,
  metrics: { accuracy: { unit: "%", better: "higher", threshold: 96, budget: 1 } },
  budgetSeconds: 180,
  recipes: {
    lsm: {
      blueprint: {
        inputs: bands,
        layers: [
          {
            name: "liquid",
            cell: "lsm",
            units: labels.length,
            sizes: { neurons },
            numbers: {
              sites: {
                current: "int32",
                charged: "int32",
                above: "int32",
                lifted: "int32",
                kept: "int32",
                awake: "int32",
              },
              matrices: { W: { seed: 1, degree: 12, most: 127, positive: true, scale: 2 ** -10 } },
            },
          },
        ],
      },
      seeds: 3,
      readOut: {
        layer: 0,
        weights: Object.fromEntries(fading.map((_, k) => [`F${k + 1}`, `f${k + 1}`])),
        bias: "c",
        spikes: "s",
      },
      batch: 32,
      steps: 0,
      validateEvery: 1,
      schedule: { kind: "cosine", rate: 1e-3, warmUp: 0, floor: 0 },
      clipNorm: 1,
      initialize(_, parameter, values, random) {
        const all: Record<string, number> = {
          leak: after(32),
          theta: 1,
          one: 1,
          less: -1,
          ...Object.fromEntries(fading.map((part, k) => [`phi${k + 1}`, part])),
        };
        if (parameter in all) values.fill(all[parameter]);
        // One neuron in five inhibits, with two and a half times the weight.
        if (parameter === "p") for (let i = 0; i < neurons; i++) values[i] = random.uniform() < 0.2 ? -3.07 : 1.23;
        if (parameter === "V") {
          values.fill(0);
          for (let row = 0; row < neurons; row++) {
            const band = random.int(bands);
            const others = Array.from({ length: 4 }, () => random.int(bands));
            for (const column of [band, (band + 1) % bands, ...others])
              values[row * bands + column] = random.uniform(-0.2, 0.2);
          }
        }
      },
    },
  },
  open,
};
