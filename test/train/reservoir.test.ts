// Reservoirs that cannot work: one that remembers nothing, one that still knows its start, one whose radius explodes.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { layersOf } from "../../host/compile/blueprint.ts";
import type { FloatLayer } from "../../host/compile/cell.ts";
import { Random } from "../../host/data/random.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { floatStates, type Lesson } from "../../host/train/reservoir.ts";

const neurons = 4;
const readOut = { layer: 0, weights: { R: "h" }, bias: "c" };

/** A ring: each unit reads the one before it, so that all eigenvalues are as large as the weight. */
const ring = (weight: number) =>
  Float32Array.from({ length: neurons * neurons }, (_, i) =>
    i % neurons === (Math.floor(i / neurons) + neurons - 1) % neurons ? weight : 0,
  );
/** A chain: no unit reaches itself. */
const chain = ring(1).fill(0, 0, neurons);

async function reservoir(W: Float32Array, input = 1): Promise<FloatLayer[]> {
  const shapes = await layersOf({ inputs: 1, layers: [{ cell: "esn", units: 1, sizes: { neurons } }] });
  const values: Record<string, Float32Array> = {
    W,
    V: new Float32Array(neurons).fill(input),
    b: Float32Array.of(0.1, -0.2, 0.3, 0),
    leak: new Float32Array(neurons).fill(1),
  };
  return shapes.map((shape) => ({
    ...shape,
    parameters: shape.cell.parameters.map(({ name, shape: [rows, columns = "one"] }) => {
      const sizes: Record<string, number> = { ...shape.sizes, neurons, one: 1 };
      return values[name] ?? new Float32Array(sizes[rows] * sizes[columns]);
    }),
  }));
}

/** @param from first step that is learnt from */
function lesson(from: number, scale = 1): Lesson {
  const random = new Random(1, "reservoir");
  const frames = Float32Array.from({ length: 200 }, () => scale * random.uniform(-1, 1));
  return { sequences: [{ frames, targets: Float64Array.from(frames.subarray(from)), from }], lambdas: [1e-6] };
}

function refusal(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    assert.instance(error, UserError);
    return error as UserError;
  }
  throw new Error("not refused");
}

test("a reservoir of radius 0 is refused: it remembers nothing", async () => {
  const layers = await reservoir(chain);
  const { message, hint } = refusal(() => floatStates(layers, readOut, lesson(50)));
  assert.match(message, /remembers nothing: the spectral radius of W is 0/);
  assert.match(hint, /degree or seed/);
});

test("a reservoir that still knows its start is refused with its radius and leak", async () => {
  const layers = await reservoir(ring(1.2), 0.001);
  const { message } = refusal(() => floatStates(layers, readOut, lesson(3)));
  assert.match(message, /after 3 steps \(copies .* deviations apart\); its spectral radius is 1\.200, its leak 1\.00/);
});

test("a radius above 1.25 is refused even where the input drowns the start, one below is not", async () => {
  const strong = 40; // every tanh is saturated by its input: copies from two starts are equal at once
  const layers = await reservoir(ring(1.3), strong);
  assert.match(
    refusal(() => floatStates(layers, readOut, lesson(50))).message,
    /spectral radius is 1\.300, expected at most 1\.25/,
  );
  floatStates(await reservoir(ring(1.2), strong), readOut, lesson(50));
});

test.run();
