// Single spoken digits by a liquid of spiking neurons: what two traces of its spikes say at the end of the word.
import type { Random } from "../../data/random.ts";
import { countCorrect, crossEntropy, greatest, oneHot } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import { type Digit, digitFrontEnd, digitLabels, readDigits } from "../spoken-digits.ts";
import type { Batch, Task, TaskData } from "../task.ts";

const [frontEnd, labels] = [digitFrontEnd, digitLabels];
const { bands } = frontEnd;
const neurons = 300;
/** Steps of 5 ms in which the liquid sees a frame of 20. */
const substeps = 4;
const milliseconds = (1000 * frontEnd.hop) / frontEnd.sampleRate / substeps;

/** The mean of a feature, about, which the liquid gets as nothing. */
const middle = -1.1;

/** Each frame as often as the liquid sees it. */
function held(frames: Float32Array): Float32Array {
  const all = new Float32Array(frames.length * substeps);
  for (let t = 0; t * bands < all.length; t++) {
    const from = Math.floor(t / substeps) * bands;
    for (let band = 0; band < bands; band++) all[t * bands + band] = frames[from + band] - middle;
  }
  return all;
}

async function open(folder: string | undefined): Promise<TaskData> {
  const { hash, digits } = await readDigits(folder, frontEnd);
  const part = (split: Digit["split"]) => digits.filter((digit) => digit.split === split);
  const training = part("train");

  function batch(size: number, random: Random): Batch {
    const chosen = Array.from({ length: size }, () => random.pick(training));
    const all = chosen.map(({ frames }) => held(frames));
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
    const results = await runner.run(clips.map(({ frames }) => held(frames)));
    const right = results.filter(
      (said, i) => greatest(said, said.length - labels.length, labels.length) === clips[i].digit,
    );
    return { accuracy: (100 * right.length) / clips.length };
  }

  return {
    name: "fsdd",
    hash,
    lesson: {
      sequences: training.map(({ digit, frames }) => ({
        frames: held(frames),
        targets: Float64Array.from(labels, (_, i) => (i === digit ? 1 : -1)),
        from: (frames.length / bands) * substeps - 1,
      })),
      lambdas: [0.3, 1, 3, 10],
    },
    batch,
    calibration: () => training.filter((_, i) => i % 16 === 0).map(({ frames }) => held(frames)),
    evaluate,
  };
}

/** What is left of a value after a step, so many milliseconds being its time constant. */
const after = (constant: number): number => Math.exp(-milliseconds / constant);
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
      readOut: { layer: 0, weights: { F: "f", G: "g" }, bias: "c", spikes: "s" },
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
          phi: after(120),
          gamma: after(480),
        };
        if (parameter in all) values.fill(all[parameter]);
        // One neuron in five inhibits, with two and a half times the weight.
        if (parameter === "p") for (let i = 0; i < neurons; i++) values[i] = random.uniform() < 0.2 ? -3.07 : 1.23;
        if (parameter === "V") {
          values.fill(0);
          for (let row = 0; row < neurons; row++) {
            const band = random.int(bands);
            for (const column of [band, (band + 1) % bands, random.int(bands)])
              values[row * bands + column] = random.uniform(-0.22, 0.22);
          }
        }
      },
    },
  },
  open,
};
