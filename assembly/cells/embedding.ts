// A table of vectors: of a symbol's number, 0, 1 …, its row, for the layers behind it. No recurrence, as in the read-out.
import { embed, matrix, size, units, Vector } from "#ops";

const words = size("words", 11);
const E = matrix(words, units);

export function step(x: Vector): Vector {
  return embed(E, x);
}
