// What a step of a model costs on a board: instructions where they can be counted, else time.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "../link/session.ts";
import { readModel } from "../model/model.ts";
import { type OpName, opNames, ops } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";
import { openFresh } from "./fresh.ts";
import { type ImageSize, imageSize } from "./image.ts";
import { boardKind, type OpenOptions } from "./registry.ts";

export type OpCost = { calls: number; cost: number };
export type Measured = {
  board: string;
  kernels: string;
  /** What `step`, `ops`, `wasm3` and `frontEnd` count. */
  unit: "instructions" | "nanoseconds";
  /** The quickest step, wasm3 and the engine included. */
  step: number;
  /** The slowest: of a model that reads windows the one that ran over a whole window. */
  slowest: number;
  /** By op: calls in a step, and what they cost together with their checks. */
  ops: Partial<Record<OpName, OpCost>>;
  /** What remains of the step: the interpreter and the engine; and for each op call. */
  wasm3: number;
  wasm3PerCall: number;
  /** A frame of the front end, undefined without one. */
  frontEnd: number | undefined;
  macs: number;
  heapBytes: number;
  heapMost: number;
  /** The most that the stack has held, 0 if the board does not know. */
  stackMost: number;
  ramBytes: number;
  /** Undefined for boards whose image is not built here. */
  image: ImageSize | undefined;
};

/**
 * Flashes a model and measures it; a board at a port has this model afterwards, one that is started here is gone.
 * @param steps steps to take, 1 … 1000; the quickest counts
 */
export async function measure(
  name: string,
  file: Uint8Array,
  steps: number,
  options: OpenOptions = {},
): Promise<Measured> {
  const kind = await boardKind(name);
  const board = await openFresh(name, { ...options, counted: true });
  try {
    const session = await connect(board.link);
    try {
      await session.flashModel(file);
      const bench = await session.bench(steps);
      const model = readModel(file, "the model");
      if (bench.ops.length === 0 && !model.window)
        throw new UserError(`the board ${name} gave no measurement`, "update the firmware");
      const { heapBytes, heapMost, stackMost } = await session.statistics();
      const perTick = kind.ticksPerInstruction ? 1 / kind.ticksPerInstruction : 1e9 / bench.ticksPerSecond;
      const cost = (ticks: number) => Math.round(ticks * perTick);
      const costs = bench.ops.map(({ op, calls, ticks }): [OpName, OpCost] => [
        opNames.find((name) => ops[name].code === op)!,
        { calls, cost: cost(ticks) },
      ]);
      const step = cost(bench.ticks);
      const wasm3 = step - costs.reduce((sum, [, op]) => sum + op.cost, 0);
      const calls = costs.reduce((sum, [, op]) => sum + op.calls, 0);
      return {
        board: session.hello.board,
        kernels: session.hello.kernels,
        unit: kind.ticksPerInstruction ? "instructions" : "nanoseconds",
        step,
        slowest: cost(bench.ticksMost),
        ops: Object.fromEntries(costs),
        wasm3,
        wasm3PerCall: calls > 0 ? Math.round(wasm3 / calls) : 0,
        frontEnd: bench.frontEndTicks > 0 ? cost(bench.frontEndTicks) : undefined,
        macs: model.layers.reduce((sum, layer) => sum + macsOf(layer.records), 0),
        ...{ heapBytes, heapMost, stackMost, ramBytes: model.header.ramBytes },
        image: await imageOf(board.folder),
      };
    } finally {
      session.close();
    }
  } finally {
    await board.close();
  }
}

function macsOf(records: { role: string; rows: number; columns: number }[]): number {
  return records.reduce((sum, { role, rows, columns }) => sum + (role === "matrix" ? rows * columns : 0), 0);
}

async function imageOf(folder: string | undefined): Promise<ImageSize | undefined> {
  if (!folder) return undefined;
  const map = join(folder, "engram.map");
  return access(map).then(
    () => imageSize(map),
    () => undefined,
  );
}
