// The bounds within which the element-wise ops are exact in 64 bits; beyond them a board would trap.
import { type FloatLayer, firstSite } from "../compile/cell.ts";
import { kinds } from "../spec/container.ts";
import { opOf } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";
import type { LayerFormats } from "./formats.ts";

/** @throws UserError naming the call site that would trap */
export function checkShifts({ cell }: FloatLayer, { formats, kinds: kindOf, flow }: LayerFormats): void {
  for (const { op, site, arguments: given } of flow.visits) {
    const { length, result } = opOf(op)!;
    if (length === "rows" || result === "condition") continue;
    if (op === "change") {
      if (given.flat().every((handle) => formats[handle] === formats[site])) continue;
      const { line } = cell.sites[site - firstSite(cell)];
      throw new UserError(
        `${cell.name} line ${line}: ${op} meets values of different formats`,
        "give it an input, a state or a result that no product makes coarser",
      );
    }
    const ofMemory = memoryShifts[op];
    const choices = given.reduce<number[][]>(
      (all, handles) => all.flatMap((some) => handles.map((handle) => [...some, handle])),
      [[]],
    );
    for (const choice of choices) {
      const from = choice.map((handle) => formats[handle]);
      if (ofMemory) {
        checkKinds(cell, op, site, choice, kindOf);
        const bounds = ofMemory(from, formats[site]);
        if (bounds.every(([value, least, most]) => value >= least && value <= most)) continue;
        const { line } = cell.sites[site - firstSite(cell)];
        throw new UserError(
          `${cell.name} line ${line}: ${op} meets values of a size that it cannot take`,
          "bring them to a similar scale; what weights, gates and strengths are must stay within −1 … 1",
        );
      }
      const bits = choice.map((handle) => (kindOf[handle] === kinds.int32[0] ? 31 : 15));
      const [up, shift] = shiftsOf(op, from, formats[site]);
      const plain =
        [...choice, site].every((handle) => kindOf[handle] === kinds.int16[0]) && op !== "relu" && op !== "fires";
      const wideTanh = op === "tanh" && kindOf[site] === kinds.int32[0];
      const fits = wideTanh
        ? wideFits(op, bits, up, from[0] - 26)
        : plain
          ? Math.max(...up) - Math.min(shift, 0) <= 30 && shift <= 46 && shift >= -15
          : wideFits(op, bits, up, shift);
      if (fits && (op !== "blend" || from[0] === 15)) continue;
      const { line } = cell.sites[site - firstSite(cell)];
      throw new UserError(
        `${cell.name} line ${line}: ${op} meets values of too different size`,
        op === "blend" ? "z of blend must come from sigmoid" : "bring them to a similar scale",
      );
    }
  }
}

// What ops of memories ask of formats (firmware/core/memory-ops.c), by op: each value with its bounds.
type Bound = [value: number, least: number, most: number];
const shiftable = (shift: number): Bound => [shift, -16, 60];
const memoryShifts: Record<string, (from: number[], to: number) => Bound[]> = {
  rowsDot: ([M, k], y) => [shiftable(M + k - y)],
  weightedRows: ([M, w], y) => [shiftable(M + w - y)],
  outer: ([M, a, b]) => [shiftable(a + b - M)],
  erase: ([, w, e]) => [shiftable(w + e)],
  link: ([L, w, p]) => [shiftable(w + p - L), [w, 15, 15]],
  sparseLink: ([S, w, p]) => [shiftable(p), [S, 15, 15], [w, 15, 15]],
  sparseRowsDot: ([S, r], y) => [shiftable(15 + r - y), [S, 15, 15]],
  sparseWeightedRows: ([S, r], y) => [shiftable(15 + r - y), [S, 15, 15]],
  cosine: () => [],
  softmax: ([a, beta]) => [shiftable(a + beta + 3)],
  shift: ([w, s]) => [shiftable(w + s - 15)],
  power: ([, gamma]) => [shiftable(gamma)],
  softplus: () => [],
  spread: ([a], y) => [[a - y, 0, 0]],
  allocation: ([u]) => [shiftable(u - 15)],
  pop: ([s, u]) => [shiftable(u - s), [s, 8, 24]],
  free: () => [],
  top: ([s], y) => [
    [s - y, 0, 0],
    [s, 0, 15],
  ],
  signs: () => [],
  sweep: ([s, W, t]) => [s, W, t].map((each) => [each, 0, 0]),
  random: () => [],
  thin: ([T, M, , p]) => [shiftable(M - T), [p, 15, 15]],
  logit: () => [],
  slice: ([a], y) => [[a - y, 0, 0]],
  place: ([s, a]) => [shiftable(a - s)],
  embed: ([E], y) => [shiftable(E - y)],
};

// And of kinds: int16, but where an argument has others.
const memoryKinds: Record<string, (keyof typeof kinds)[][]> = {
  rowsDot: [["int8", "int16"]],
  weightedRows: [["int8", "int16"]],
  outer: [["int8", "int16"]],
  erase: [["int8", "int16"]],
  signs: [["int16", "int32"]],
  sweep: [["int16"], ["int8", "int16"]],
  random: [["int32"]],
  thin: [["int8", "int16"], ["int8", "int16"], ["int32"]],
  logit: [["int32"]],
};

function checkKinds(cell: FloatLayer["cell"], op: string, site: number, given: number[], kindOf: Uint8Array): void {
  given.forEach((handle, i) => {
    const takes = memoryKinds[op]?.[i] ?? ["int16"];
    if (takes.some((kind) => kinds[kind][0] === kindOf[handle])) return;
    const { line } = cell.sites[site - firstSite(cell)];
    const is = Object.keys(kinds).find((name) => kinds[name as keyof typeof kinds][0] === kindOf[handle]);
    throw new UserError(
      `${cell.name} line ${line}: ${op} gets ${is} as ${opOf(op)!.arguments[i][0]}`,
      `it takes ${takes.join(" or ")}: state is int16, state8 int8, state32 int32`,
    );
  });
}

// Shifts to the left of the two terms of a sum, and the one after it.
function shiftsOf(op: string, from: number[], to: number): [up: [number, number], shift: number] {
  if (op === "multiply") return [[0, 0], from[0] + from[1] - to];
  if (op === "multiplyAdd") {
    const finest = Math.max(from[0] + from[1], from[2]);
    return [[finest - from[0] - from[1], finest - from[2]], finest - to];
  }
  if (op === "fires") {
    const finest = Math.max(from[0], from[1]);
    return [[finest - from[0], finest - from[1]], 0];
  }
  if (op === "blend" || op === "add") {
    const [a, b] = from.slice(-2);
    const finest = Math.max(a, b);
    return [[finest - a, finest - b], finest - to + (op === "blend" ? 15 : 0)];
  }
  if (op === "set") return [[0, 0], from[1] - from[0]];
  return [[0, 0], from[0] - (op === "relu" ? to : 11)];
}

// As firmware/core/wide.c has it.
function wideFits(op: string, bits: number[], [up, second]: [number, number], shift: number): boolean {
  const most = 62;
  let sum = op === "set" ? bits[1] : bits[0];
  if (op === "multiply") sum = bits[0] + bits[1];
  if (op === "multiplyAdd") sum = 1 + Math.max(bits[0] + bits[1] + up, bits[2] + second);
  if (op === "blend") sum = bits[0] > 15 ? most + 1 : 17 + Math.max(bits[1] + up, bits[2] + second);
  if (op === "add" || op === "fires") sum = 1 + Math.max(bits[0] + up, bits[1] + second);
  return sum <= most && shift <= most && sum - Math.min(shift, 0) <= most;
}
