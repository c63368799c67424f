// What a step of the history compressor costs on an emulated Cortex-M4 where level 2 has nothing to hear, where it has, and on the whole:
// exact counts over a block.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { boardKind, openBoard } from "../../../host/boards/registry.ts";
import { connect } from "../../../host/link/session.ts";
import { readModel } from "../../../host/model/model.ts";
import { toIntegers } from "../../../host/runtime/values.ts";
import { framesOf, historyOf } from "../../../host/tasks/history.ts";
import { integerRunner } from "../../../host/tasks/runner.ts";
import { periodOf, streamsOf, symbols } from "../../../host/tasks/sources/lagged.ts";

const name = "qemu-m4";
const place = fileURLToPath(new URL("../../../models/architectures/history-compressor-lagged.engram", import.meta.url));
const lag = 1200;
/** Steps that are measured one by one, at the beginning of the block and at its end. */
const few = 12;

export async function bench(): Promise<void> {
  const file = new Uint8Array(readFileSync(place));
  const [stream] = streamsOf(lag, "calibration", 1, 1);
  const frames = framesOf(stream, symbols.length);
  const [results] = await integerRunner(file, "the model").run([frames]);
  const surprises = new Set(historyOf(stream, results, "").surprises.map(({ step }) => step));
  const [kind, board] = [await boardKind(name), await openBoard(name, { counted: true })];
  try {
    const session = await connect(board.link);
    await session.flashModel(file);
    const { format } = readModel(file, place).frame;
    // Goes on from the step before: the states are kept.
    const costOf = async (from: number, to: number): Promise<number> => {
      const run = await session.stream({ source: "frames", keep: from > 0 });
      await run.write(toIntegers(frames.subarray(from * symbols.length, to * symbols.length), format));
      return (await run.end()).ticks / kind.ticksPerInstruction!;
    };
    const costs = { with: [] as number[], without: [] as number[] };
    const singly = async (from: number, to: number): Promise<number> => {
      let sum = 0;
      for (let step = from; step < to; step++) {
        const cost = await costOf(step, step + 1);
        costs[surprises.has(step) ? "with" : "without"].push(cost);
        sum += cost;
      }
      return sum;
    };
    const end = periodOf(lag);
    const whole = (await singly(0, few)) + (await costOf(few, end - few)) + (await singly(end - few, end));
    const mean = whole / end;
    const said = [...surprises].filter((step) => step < end).length;
    console.log(`  without surprise ${spread(costs.without)}, with ${spread(costs.with)} instructions a step`);
    console.log(`  mean of ${end} steps, of which ${said} were surprises: ${Math.round(mean)}`);
    session.close();
  } finally {
    await board.close();
  }
}

const spread = (values: readonly number[]): string =>
  `${Math.round(Math.min(...values))} … ${Math.round(Math.max(...values))} (${values.length} steps)`;
