// Read-outs of reservoirs: states are collected while the network is shown what it shall learn, and the read-out is solved for by ridge
// regression. The same for 64-bit floats and for the integers that a board has, of which each has a read-out of its own.
import { DoubleNetwork } from "../autodiff/double-network.ts";
import { type FloatLayer, firstState, networkInputs } from "../compile/cell.ts";
import { IntegerModel } from "../runtime/integer-model.ts";
import { UserError } from "../spec/user-error.ts";
import { type Factored, factor, solve } from "./ridge.ts";

/** Which parameters of which layer are solved for: y = weights · state + bias. */
export type ReadOut = {
  layer: number;
  state: string;
  weights: string;
  bias: string;
  /** The regularization that was chosen for the float network. */
  lambda?: number;
};

/** What a reservoir is shown: [steps][inputs], and what it shall say at each step, [steps][outputs]. */
export type Lesson = {
  frames: Float32Array;
  targets: Float64Array;
  /** Steps at the start that are not learned from. */
  washout: number;
  /** Regularizations to choose from, on validation data. */
  lambdas: number[];
};

/** Copies from different starts must come this near, in parts of the states' deviation. */
const echo = 1e-3;

/** Collects the float network's states. @throws UserError for a reservoir that does not forget its start */
export function floatStates(layers: readonly FloatLayer[], { layer, state }: ReadOut, lesson: Lesson): Float64Array {
  const network = new DoubleNetwork(layers);
  const found = collect(lesson, networkInputs(layers), (frame) => {
    network.step(frame);
    return network.state(layer, state);
  });
  checkEcho(layers, { layer, state }, lesson, found);
  return found;
}

/** Collects those of the integers. @param file a model of these layers */
export function integerStates(
  file: Uint8Array,
  layers: readonly FloatLayer[],
  { layer, state }: ReadOut,
  lesson: Lesson,
): Float64Array {
  const model = new IntegerModel(file);
  const { cell } = layers[layer];
  const handle = firstState(cell) + cell.states.findIndex(({ name }) => name === state);
  const { format } = model.model.layers[layer].records[handle];
  return collect(lesson, model.inputs, (frame) => {
    model.step(Int16Array.from(frame, (value) => Math.round(value * 2 ** model.formats.input)));
    return Float64Array.from(model.values(layer, handle), (value) => value * 2 ** -format);
  });
}

/** Solves for the read-out at one regularization after another. */
export function* readOuts(
  layers: readonly FloatLayer[],
  readOut: ReadOut,
  lesson: Lesson,
  states: Float64Array,
): Generator<{ lambda: number; layers: FloatLayer[] }> {
  const { sizes, cell } = layers[readOut.layer];
  const steps = lesson.targets.length / sizes.units;
  const rows = steps - lesson.washout;
  const neurons = states.length / steps;
  const columns = neurons + 1;
  const A = new Float64Array(rows * columns).fill(1);
  for (let row = 0; row < rows; row++)
    A.set(states.subarray((row + lesson.washout) * neurons, (row + lesson.washout + 1) * neurons), row * columns);
  const factored: Factored = factor(A, rows, columns, lesson.targets.slice(lesson.washout * sizes.units), sizes.units);
  const at = (name: string) => cell.parameters.findIndex((parameter) => parameter.name === name);
  for (const lambda of lesson.lambdas) {
    const solved = solve(factored, lambda);
    const parameters = [...layers[readOut.layer].parameters];
    parameters[at(readOut.weights)] = Float32Array.from({ length: sizes.units * neurons }, (_, i) => {
      const unit = Math.floor(i / neurons);
      return solved[unit * columns + (i % neurons)];
    });
    parameters[at(readOut.bias)] = Float32Array.from({ length: sizes.units }, (_, i) => solved[i * columns + neurons]);
    yield { lambda, layers: layers.map((layer, i) => (i === readOut.layer ? { ...layer, parameters } : layer)) };
  }
}

function collect(
  { frames, targets, washout }: Lesson,
  inputs: number,
  step: (frame: Float32Array) => Float64Array,
): Float64Array {
  const steps = frames.length / inputs;
  if (washout >= steps)
    throw new UserError(
      `the first ${washout} steps are left out, and there are ${steps}`,
      "learn from a longer sequence, or leave fewer out",
    );
  if (targets.length === 0) throw new UserError("there is nothing to learn", "give targets");
  let found: Float64Array | undefined;
  for (let t = 0; t < steps; t++) {
    const state = step(frames.subarray(t * inputs, (t + 1) * inputs));
    found ??= new Float64Array(steps * state.length);
    found.set(state, t * state.length);
  }
  return found!;
}

// The echo state property by test, not by number: a radius above 1 may forget under its input, and one below may not.
function checkEcho(
  layers: readonly FloatLayer[],
  { layer, state }: Pick<ReadOut, "layer" | "state">,
  { frames, washout }: Lesson,
  states: Float64Array,
): void {
  const network = new DoubleNetwork(layers);
  const inputs = networkInputs(layers);
  const neurons = network.state(layer, state).length;
  network.state(layer, state).fill(0.5);
  for (let t = 0; t < washout; t++) network.step(frames.subarray(t * inputs, (t + 1) * inputs));
  const end = states.subarray((washout - 1) * neurons, washout * neurons);
  const other = network.state(layer, state);
  const mean = states.reduce((sum, value) => sum + value, 0) / states.length;
  const deviation = Math.sqrt(states.reduce((sum, value) => sum + (value - mean) ** 2, 0) / states.length);
  const distance = Math.sqrt(end.reduce((sum, value, i) => sum + (value - other[i]) ** 2, 0) / neurons);
  const ratio = distance / deviation;
  if (ratio <= echo) return;
  throw new UserError(
    `the reservoir still knows its start after ${washout} steps (copies from two starts are ${ratio.toPrecision(2)} deviations apart)`,
    "lower its spectral radius, or raise the leak",
  );
}
