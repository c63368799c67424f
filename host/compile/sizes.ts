// Sizes that mean something by their name. `rank…`: a matrix in two factors, A (rows × rank) and B (rank × columns). `tau`: a time constant;
// slow units hold what fast ones follow, and are joined to input or output only where a blueprint says so (Yamashita and Tani 2008, figure 3).
// `slots`: rows of a memory, each of `units` values; a differentiable neural computer keeps links from each slot to each other.
import { modelLimits } from "../spec/container.ts";
import { UserError } from "../spec/user-error.ts";
import { type FloatLayer, shapeOf } from "./cell.ts";

type Sized = Pick<FloatLayer, "cell" | "sizes">;

/** @throws UserError for a rank that a single matrix could have, which would be smaller */
export function checkRanks({ cell, sizes }: Sized, what: string): void {
  for (const size of Object.keys(cell.sizes).filter((name) => name.startsWith("rank"))) {
    const outer = cell.parameters
      .filter(({ role, shape }) => role === "matrix" && shape.includes(size))
      .map(({ shape }) => shapeOf(shape[0] === size ? [shape[1]] : [shape[0]], { cell, sizes })[0]);
    const [rank] = shapeOf([size], { cell, sizes });
    const least = Math.min(...outer);
    if (rank >= least)
      throw new UserError(
        `${what} has ${size} ${rank}, where the whole matrix has ${outer.join(" by ")}`,
        `the whole matrix is smaller: leave the option out, or give ${size} below ${least}`,
      );
  }
}

/** @throws UserError for a state that a model file cannot state, as a memory of many slots is, or the links between these */
export function checkStates({ cell, sizes }: Sized, what: string): void {
  for (const { name, shape } of cell.states) {
    const lengths = shapeOf(shape, { cell, sizes });
    const values = lengths.reduce((product, length) => product * length, 1);
    if (values > modelLimits.values)
      throw new UserError(
        `${what} keeps ${name} of ${lengths.join(" × ")}, which takes at least ${2 * values} bytes of RAM`,
        `a state has at most ${modelLimits.values} values: give fewer ${shape.join(" or ")}`,
      );
  }
}

/** Values of a slot where slots are linked. */
const mostLinked = 64;

/** @throws UserError for a memory with links between its slots whose slots are too wide */
export function checkLinks({ cell, sizes }: Sized, what: string): void {
  const linked = cell.states.some(({ shape }) => shape.length > 1 && shape.every((size) => size === "slots"));
  const [units] = shapeOf(["units"], { cell, sizes });
  if (!linked || units <= mostLinked) return;
  throw new UserError(
    `${what} has linked slots of ${units} values, its units`,
    `at most ${mostLinked} are possible; the layers around it may have more`,
  );
}

/** @throws UserError for slow units that read the input, or are read by another kind of cell, because nothing else is said */
export function checkTimescales(
  layers: readonly { from?: unknown }[],
  names: readonly string[],
  shapes: readonly Sized[],
  what: string,
): void {
  const taus = shapes.map((shape) => ("tau" in shape.cell.sizes ? shapeOf(["tau"], shape)[0] : undefined));
  const known = taus.filter((tau) => tau !== undefined);
  const slowest = Math.max(...known);
  if (known.every((tau) => tau === slowest)) return;
  taus.forEach((tau, i) => {
    if (tau !== slowest) return;
    const reads = i === 0 && layers[0].from === undefined;
    const isRead = i + 1 < layers.length && layers[i + 1].from === undefined && taus[i + 1] === undefined;
    if (!reads && !isRead) return;
    const [end, where] = reads ? ["the input", "its"] : [`"${names[i + 1]}"`, `that layer's`];
    throw new UserError(
      `layer "${names[i]}" of ${what}, the slowest (tau ${tau}), is wired to ${end} by its place alone`,
      `join it to faster layers, or say so in ${where} from`,
    );
  });
}
