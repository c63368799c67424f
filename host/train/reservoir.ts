// Read-outs of reservoirs: states are collected while the network is shown what it shall learn, and the read-out is solved for by ridge
// regression. The same for 64-bit floats and for the integers that a board has, of which each has a read-out of its own.
import { DoubleNetwork } from "../autodiff/double-network.ts";
import { type CompiledCell, type FloatLayer, firstState, networkInputs } from "../compile/cell.ts";
import { IntegerModel } from "../runtime/integer-model.ts";
import { toIntegers } from "../runtime/values.ts";
import { UserError } from "../spec/user-error.ts";
import { factor, solve } from "./ridge.ts";
import { spectralRadius } from "./spectral-radius.ts";

/** Which parameters of which layer are solved for: y = Σ weights · state + bias. */
export type ReadOut = {
  layer: number;
  /** State by matrix. */
  weights: Record<string, string>;
  bias: string;
  /** A state of spikes, 0 or 1: a network that never fires, or mostly, is refused. */
  spikes?: string;
  /** The regularization that was chosen for the float network. */
  lambda?: number;
};

/** What a reservoir is shown, each sequence from a fresh start. */
export type Lesson = {
  sequences: {
    /** [steps][inputs]. */
    frames: Float32Array;
    /** What it shall say from step `from` on, [steps − from][outputs]. */
    targets: Float64Array;
    from: number;
  }[];
  /** Regularizations to choose from, on validation data. */
  lambdas: number[];
  /** Of the validation data: learnt from too, once the regularization has been chosen on them. */
  afterChoice?: Lesson["sequences"];
};

/** Copies from different starts must come this near, in parts of the states' deviation. */
const echo = 1e-3;
/** Of a reservoir's matrix, whatever its input does to it. */
const mostRadius = 1.25;
/** A neuron that rests for a step after each spike cannot fire in more than half of them. */
const mostSpikes = 0.4;

/** The states of all steps that are learned from, [steps][values], those of all matrices end to end. */
export type Collected = { states: Float64Array; values: number };

/** Collects the float network's states. @throws UserError for a reservoir that remembers nothing, does not forget its start, or does not spike as it should */
export function floatStates(layers: readonly FloatLayer[], readOut: ReadOut, lesson: Lesson): Collected {
  const radius = readOut.spikes ? undefined : radiusOf(layers[readOut.layer]);
  const network = new DoubleNetwork(layers);
  const found = collect(layers, readOut, lesson, {
    reset: () => network.reset(),
    step: (frame) => void network.step(frame),
    state: (name) => network.state(readOut.layer, name),
  });
  if (radius !== undefined) {
    if (lesson.sequences.length === 1) checkEcho(layers, readOut, lesson, radius);
    checkRadius(layers[readOut.layer], radius);
  }
  return found;
}

/** Collects those of the integers. @param file a model of these layers */
export function integerStates(
  file: Uint8Array,
  layers: readonly FloatLayer[],
  readOut: ReadOut,
  lesson: Lesson,
): Collected {
  const model = new IntegerModel(file);
  const { cell } = layers[readOut.layer];
  const handleOf = (state: string) => firstState(cell) + cell.states.findIndex(({ name }) => name === state);
  const { records } = model.model.layers[readOut.layer];
  return collect(layers, readOut, lesson, {
    reset: () => model.reset(),
    step: (frame) => void model.step(toIntegers(frame, model.formats.input)),
    state: (name) => {
      const unit = 2 ** -records[handleOf(name)].format;
      return Float64Array.from(model.values(readOut.layer, handleOf(name)), (value) => value * unit);
    },
  });
}

/** Solves for the read-out at one regularization after another. */
export function* readOuts(
  layers: readonly FloatLayer[],
  readOut: ReadOut,
  lesson: Lesson,
  { states, values }: Collected,
): Generator<Solved> {
  const { cell, sizes } = layers[readOut.layer];
  const rows = states.length / values;
  const columns = values + 1;
  const A = new Float64Array(rows * columns).fill(1);
  for (let row = 0; row < rows; row++) A.set(states.subarray(row * values, (row + 1) * values), row * columns);
  const targets = Float64Array.from(lesson.sequences.flatMap((sequence) => [...sequence.targets]));
  const factored = factor(A, rows, columns, targets, sizes.units);
  const at = (name: string) => cell.parameters.findIndex((parameter) => parameter.name === name);
  for (const lambda of lesson.lambdas) {
    const solved = solve(factored, lambda);
    const parameters = [...layers[readOut.layer].parameters];
    let first = 0;
    for (const name of Object.keys(readOut.weights)) {
      const count = parameters[at(name)].length / sizes.units;
      parameters[at(name)] = Float32Array.from({ length: sizes.units * count }, (_, i) => {
        return solved[Math.floor(i / count) * columns + first + (i % count)];
      });
      first += count;
    }
    parameters[at(readOut.bias)] = Float32Array.from({ length: sizes.units }, (_, i) => solved[i * columns + values]);
    yield { lambda, layers: layers.map((layer, i) => (i === readOut.layer ? { ...layer, parameters } : layer)) };
  }
}

/** A read-out and the regularization that it was solved with. */
export type Solved = { lambda: number; layers: FloatLayer[] };

/**
 * The chosen read-out, learnt again from what it was chosen on too, where the lesson allows that.
 * @param known the states of the lesson's sequences
 * @param collect those of other sequences
 */
export function learnAfterChoice(
  chosen: Solved,
  readOut: ReadOut,
  lesson: Lesson,
  known: Collected,
  collect: (lesson: Lesson) => Collected,
): FloatLayer[] {
  if (!lesson.afterChoice) return chosen.layers;
  const more = collect({ ...lesson, sequences: lesson.afterChoice });
  const states = new Float64Array(known.states.length + more.states.length);
  states.set(known.states);
  states.set(more.states, known.states.length);
  const sequences = [...lesson.sequences, ...lesson.afterChoice];
  const all: Lesson = { sequences, lambdas: [chosen.lambda] };
  const [{ layers }] = readOuts(chosen.layers, readOut, all, { states, values: known.values });
  return layers;
}

type Reservoir = {
  reset(): void;
  step(frame: Float32Array): void;
  state(name: string): Float64Array;
};

function collect(
  layers: readonly FloatLayer[],
  { weights, spikes }: ReadOut,
  { sequences }: Lesson,
  reservoir: Reservoir,
): Collected {
  const inputs = networkInputs(layers);
  const found: Float64Array[] = [];
  let [fired, looked] = [0, 0];
  for (const { frames, from } of sequences) {
    const steps = frames.length / inputs;
    if (from >= steps)
      throw new UserError(
        `the first ${from} steps are left out, and there are ${steps}`,
        "learn from a longer sequence, or leave fewer out",
      );
    reservoir.reset();
    for (let t = 0; t < steps; t++) {
      reservoir.step(frames.subarray(t * inputs, (t + 1) * inputs));
      if (spikes) {
        const now = reservoir.state(spikes);
        for (const value of now) fired += value;
        looked += now.length;
      }
      if (t >= from) for (const state of Object.values(weights)) found.push(reservoir.state(state).slice());
    }
  }
  if (found.length === 0) throw new UserError("there is nothing to learn", "give sequences");
  if (spikes) checkRate(fired / looked);
  const states = new Float64Array(found.reduce((sum, { length }) => sum + length, 0));
  found.reduce((at, values) => {
    states.set(values, at);
    return at + values.length;
  }, 0);
  const kinds = Object.keys(weights).length;
  return { states, values: found.slice(0, kinds).reduce((sum, { length }) => sum + length, 0) };
}

function checkRate(rate: number): void {
  if (rate === 0)
    throw new UserError("the reservoir never spikes", "make the weights of its input larger, or its threshold lower");
  if (rate > mostSpikes)
    throw new UserError(
      `the reservoir spikes in ${(100 * rate).toFixed(0)} % of its steps`,
      "make its weights smaller, or its threshold higher",
    );
}

/** The spectral radius of a reservoir's matrix. @throws UserError where nothing is remembered */
function radiusOf({ cell, parameters }: FloatLayer): number {
  const square = ({ role, shape: [rows, columns] }: CompiledCell["parameters"][number]) =>
    role === "matrix" && rows === columns && cell.states.some(({ shape }) => shape[0] === rows);
  const at = cell.parameters.findIndex(square);
  if (at < 0) throw new UserError(`${cell.name} has no matrix from states to states`, "give a reservoir, such as esn");
  const n = Math.sqrt(parameters[at].length);
  const rows = Array.from({ length: n }, (_, row) =>
    [...parameters[at].subarray(row * n, (row + 1) * n).entries()].filter(([, weight]) => weight !== 0),
  );
  const radius = spectralRadius((x, y) => {
    rows.forEach((row, i) => {
      y[i] = row.reduce((sum, [column, weight]) => sum + weight * x[column], 0);
    });
  }, n);
  if (radius > 0) return radius;
  throw new UserError(
    `the reservoir remembers nothing: the spectral radius of ${cell.parameters[at].name} is 0`,
    "give each row more entries, or other ones: another degree or seed",
  );
}

// Beyond the test below: what a tanh holds back for a while, and nothing does without one.
function checkRadius({ cell }: FloatLayer, radius: number): void {
  const bends = cell.sites.some(({ op }) => op === "tanh");
  if (bends ? radius <= mostRadius : radius < 1) return;
  throw new UserError(
    `the reservoir's spectral radius is ${radius.toPrecision(4)}, expected ${bends ? `at most ${mostRadius}` : "below 1 without a tanh"}`,
    "give its matrix smaller weights: a smaller scale, or a lower most",
  );
}

// The echo state property by test, not by number: a radius above 1 may forget under its input, and one below may not.
function checkEcho(
  layers: readonly FloatLayer[],
  { layer, weights }: ReadOut,
  { sequences }: Lesson,
  radius: number,
): void {
  const [{ frames, from }] = sequences;
  const [state] = Object.values(weights);
  const inputs = networkInputs(layers);
  const [one, other] = [new DoubleNetwork(layers), new DoubleNetwork(layers)];
  other.state(layer, state).fill(0.5);
  const seen: number[] = [];
  for (let t = 0; t < from; t++) {
    for (const network of [one, other]) network.step(frames.subarray(t * inputs, (t + 1) * inputs));
    seen.push(...one.state(layer, state).subarray(0, 16));
  }
  const [a, b] = [one, other].map((network) => network.state(layer, state));
  const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
  const deviation = Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seen.length);
  const distance = Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);
  const ratio = distance / deviation;
  if (ratio <= echo) return;
  const { cell, parameters } = layers[layer];
  const leak = parameters[cell.parameters.findIndex(({ name }) => name === "leak")]?.[0];
  const its = [
    `spectral radius is ${radius.toPrecision(4)}`,
    ...(leak === undefined ? [] : [`leak ${leak.toPrecision(3)}`]),
  ];
  throw new UserError(
    `the reservoir still knows its start after ${from} steps (copies from two starts are ${ratio.toPrecision(2)} deviations apart); its ${its.join(", its ")}`,
    "lower its spectral radius, or raise the leak",
  );
}
