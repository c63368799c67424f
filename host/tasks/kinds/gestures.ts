// Magic-wand gestures from an accelerometer in the hand, split by person: those who test drew for no other split.
import type { Random } from "../../data/random.ts";
import { classesOf, openClasses } from "../sources/classes.ts";
import type { Task } from "../task.ts";

const labels = ["ring", "slope", "wing"];
const inputs = 3;

// Others hold the wand otherwise, and draw with more or less force and haste.
function vary(x: Float32Array, random: Random): Float32Array {
  const force = random.uniform(0.7, 1.3);
  const haste = random.uniform(0.75, 1.35);
  const turned = turn(x, random);
  const last = x.length / inputs - 1;
  const steps = Math.round((last + 1) / haste);
  return Float32Array.from({ length: steps * inputs }, (_, i) => {
    const at = Math.min(last, Math.floor(i / inputs) * haste);
    const [before, part, axis] = [Math.floor(at), at % 1, i % inputs];
    const after = Math.min(last, before + 1);
    const value = (1 - part) * turned[before * inputs + axis] + part * turned[after * inputs + axis];
    return value * force + random.uniform(-0.05, 0.05);
  });
}

// By up to some 20 degrees about each axis. Small turns are sheared, not rotated: no sines.
function turn(x: Float32Array, random: Random): Float32Array {
  const [a, b, c] = [0, 1, 2].map(() => random.uniform(-0.35, 0.35));
  const turned = new Float32Array(x.length);
  for (let i = 0; i < x.length; i += inputs) {
    const [u, v, w] = x.subarray(i, i + inputs);
    turned.set([u - c * v + b * w, v + c * u - a * w, w - b * u + a * v], i);
  }
  return turned;
}

export const task: Task = {
  summary: "tell which figure a wand was moved in, by its accelerometer, for persons never seen",
  source:
    "360 recordings of seven persons by abhyanth-learner (MagicWand-TFLite-ESP32-MPU6050, Apache 2.0), of the gestures of TensorFlow Lite Micro's magic wand",
  inputs,
  outputs: labels.length,
  labels,
  metrics: { accuracy: { unit: "%", better: "higher", threshold: 90 } },
  budgetSeconds: 180,
  recipes: {
    gru: {
      blueprint: {
        inputs,
        layers: [
          { cell: "gru", units: 24 },
          { cell: "dense", units: labels.length },
        ],
      },
      batch: 32,
      steps: 2500,
      validateEvery: 125,
      schedule: { kind: "cosine", rate: 5e-3, floor: 0.01 },
      clipNorm: 1,
    },
  },
  // m/s² to g.
  open: async (folder) =>
    classesOf(await openClasses(folder, "gestures"), {
      classes: labels.map((label) => [label]),
      scale: 1 / 9.80665,
      smoothing: 0.05,
      vary,
    }),
};
