// Matrices in two factors, A (rows × rank) and B (rank × columns): a cell names their inner size `rank…`.
import { UserError } from "../spec/user-error.ts";
import { type FloatLayer, shapeOf } from "./cell.ts";

/** @throws UserError for a rank that a single matrix could have, which would be smaller */
export function checkRanks({ cell, sizes }: Pick<FloatLayer, "cell" | "sizes">, what: string): void {
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
