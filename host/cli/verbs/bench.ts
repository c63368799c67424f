// engram bench: what a step of a model costs on a board, by op and in all.
import { Option } from "commander";
import { type BoardOptions, boardOf } from "../board-options.ts";
import { wholeNumber } from "../values.ts";
import type { Verb } from "../verb.ts";

type Options = BoardOptions & { model?: string; cell: string; units: number; inputs: number; steps: number };

export const verb: Verb<Options> = {
  summary: "measure a model on a board: instructions by op, memory",
  examples: [
    "engram bench --board qemu-m4 --model kws.engram",
    "engram bench --board qemu-m4 --cell lstm --units 64 --inputs 10 --json",
  ],
  declare(command) {
    command
      .option("--board <name>", "kind of board (see `engram boards`; default: qemu-m4, which counts instructions)")
      .option("--port <path>", "port of a board, whose model is replaced: /dev/ttyACM0, COM3, tcp:HOST:PORT")
      .option("--flash <file>", "flash file of a board on this machine (default: a temporary one)")
      .addOption(
        new Option("--model <file>", "model file (.engram); else a cell with random weights").conflicts([
          "cell",
          "units",
          "inputs",
        ]),
      )
      .option("--cell <cell>", "a cell (see `engram cells`), or the path of your own cell's source", "gru")
      .option("--units <n>", "length of the cell's state", wholeNumber("--units", 1, 512), 64)
      .option("--inputs <n>", "values of a frame", wholeNumber("--inputs", 1, 512), 10)
      .option("--steps <n>", "steps to take; the quickest counts", wholeNumber("--steps", 1, 1000), 20);
  },
  async run({ options, output }) {
    const { UserError } = await import("../../spec/user-error.ts");
    const { loadCell } = await import("../../compile/load.ts");
    const { measure } = await import("../../boards/measure.ts");
    const { randomModel } = await import("../../quantize/random-model.ts");
    const { openModel } = await import("../model-file.ts");
    const { cell, units, inputs } = options;
    const file = options.model ? openModel(options.model).file : randomModel(await loadCell(cell), { units, inputs });
    const name = boardOf(options) ?? "qemu-m4";
    if (name === "node")
      throw new UserError("a board inside Node is not measured", "take qemu-m4, which counts, or native", {
        usage: true,
      });
    const { port, flash } = options;
    if (name === "serial") output.note("the board's model is replaced by the one that is measured");
    const measured = await measure(name, file, options.steps, {
      port,
      flash,
      onLog: output.note,
      onProgress: output.note,
    });
    const what = options.model ?? `${cell}-${units}, ${inputs} inputs`;
    output.value(json(what, measured));
    for (const line of lines(what, measured)) output.line(line);
  },
};

type Measured = Awaited<ReturnType<typeof import("../../boards/measure.ts").measure>>;

const sum = (parts: Record<string, number>): number => Object.values(parts).reduce((all, bytes) => all + bytes, 0);

/** Ops are timed in a step of their own, which need not do what the quickest does. */
const otherStep = "the ops are of a step that did more than the quickest: what this cell costs depends on its frames";

function json(what: string, m: Measured): Record<string, unknown> {
  const counted = m.unit === "instructions";
  const byOp = Object.fromEntries(
    Object.entries(m.ops).map(([op, { calls, cost }]) => [op, { calls, [m.unit]: cost }]),
  );
  return {
    ...{ model: what, board: m.board, kernels: m.kernels },
    ...(counted
      ? {
          instructionsPerStep: m.step,
          instructionsByOp: { ...byOp, ...(m.wasm3 >= 0 && { wasm3: { calls: 0, instructions: m.wasm3 } }) },
        }
      : { nanosecondsPerStep: m.step }),
    ...(counted && m.wasm3 >= 0 && { instructionsPerOpCall: m.wasm3PerCall }),
    ...(counted && { instructionsPerMac: m.step / m.macs }),
    ...(m.frontEnd !== undefined && { [counted ? "frontEndInstructions" : "frontEndNanoseconds"]: m.frontEnd }),
    macsPerStep: m.macs,
    ...{ heapBytes: m.heapBytes, heapMost: m.heapMost, stackBytes: m.stackMost, modelRamBytes: m.ramBytes },
    ...(m.image && { flashBytes: { ...m.image.flash, total: sum(m.image.flash) } }),
    ...(m.image && { ramBytes: { ...m.image.ram, total: sum(m.image.ram) } }),
  };
}

function lines(what: string, m: Measured): string[] {
  const number = (value: number): string => value.toLocaleString("en").padStart(9);
  const rows = Object.entries(m.ops).map(
    ([op, { calls, cost }]) => `${number(cost)}  ${op}${calls > 1 ? `, ${calls} calls` : ""}`,
  );
  const perMac =
    m.unit === "instructions"
      ? `; ${(m.step / m.macs).toFixed(2)} for each of ${m.macs.toLocaleString("en")} multiplications`
      : "";
  const parts = (of: Record<string, number>): string =>
    Object.entries(of)
      .map(([part, bytes]) => `${part} ${bytes.toLocaleString("en")}`)
      .join(", ");
  return [
    `${what} on ${m.board} (${m.kernels}): ${m.step.toLocaleString("en")} ${m.unit} a step${perMac}`,
    // A clock of the host is too coarse for a part of a step.
    ...(m.unit === "instructions"
      ? [...rows, m.wasm3 < 0 ? otherStep : `${number(m.wasm3)}  wasm3 and engine, ${m.wasm3PerCall} for each op call`]
      : []),
    ...(m.frontEnd !== undefined ? [`${number(m.frontEnd)}  a frame of the front end, beside the step`] : []),
    `heap ${m.heapMost.toLocaleString("en")} bytes (${m.heapBytes.toLocaleString("en")} once loaded), stack ${m.stackMost > 0 ? m.stackMost.toLocaleString("en") : "not measured"}, the model's RAM ${m.ramBytes.toLocaleString("en")}`,
    ...(m.image ? [`flash ${sum(m.image.flash).toLocaleString("en")} bytes: ${parts(m.image.flash)}`] : []),
    ...(m.image ? [`RAM ${sum(m.image.ram).toLocaleString("en")} bytes: ${parts(m.image.ram)}`] : []),
  ];
}
