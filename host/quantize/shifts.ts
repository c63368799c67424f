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
    if (result === "like") {
      if (given.flat().every((handle) => formats[handle] === formats[site])) continue;
      const { line } = cell.sites[site - firstSite(cell)];
      throw new UserError(
        `${cell.name} line ${line}: ${op} meets values of different formats`,
        "give it an input, a state or a result that no product makes coarser",
      );
    }
    const choices = given.reduce<number[][]>(
      (all, handles) => all.flatMap((some) => handles.map((handle) => [...some, handle])),
      [[]],
    );
    for (const choice of choices) {
      const from = choice.map((handle) => formats[handle]);
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
