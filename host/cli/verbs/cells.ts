// engram cells: what a layer can be, its equations, and what it costs at given sizes.
import { table } from "../output.ts";
import { wholeNumber } from "../values.ts";
import type { Verb } from "../verb.ts";

type Options = { units: number; inputs: number };

export const verb: Verb<Options> = {
  summary: "list the cells that ship: equations, options, ops, and what they cost at given sizes",
  examples: ["engram cells", "engram cells --units 96 --inputs 40 --json"],
  declare(command) {
    command
      .option("--units <n>", "length of the result", wholeNumber("--units", 1, 4096), 64)
      .option("--inputs <n>", "values of a frame", wholeNumber("--inputs", 1, 4096), 10);
  },
  async run({ options, output }) {
    const { cellNames, cellNotes, loadCell } = await import("../../compile/load.ts");
    const { parameterLengths, shapeOf } = await import("../../compile/cell.ts");
    const rows = [["cell", "weights", "state", "wasm", "op calls", "ops"]];
    const cells = [];
    for (const name of cellNames()) {
      const cell = await loadCell(name);
      const sizes = { ...options };
      const weights = parameterLengths({ cell, sizes }).reduce((sum, length) => sum + length, 0);
      const bytes = { int8: 1, int16: 2, int32: 4 };
      const stateBytes = cell.states.reduce(
        (sum, { shape, kind }) => sum + bytes[kind] * shapeOf(shape, { cell, sizes }).reduce((a, b) => a * b, 1),
        0,
      );
      const ops = [...new Set(cell.sites.map(({ op }) => op))].sort();
      const named = Object.keys(cell.options);
      const facts = { weights, stateBytes, wasmBytes: cell.wasm.length, opCalls: cell.sites.length, ops };
      const further = Object.entries(cell.sizes).filter(([size]) => !(size in options));
      cells.push({ name, options: named, sizes: Object.fromEntries(further), notes: cellNotes(name), ...facts });
      rows.push([
        name,
        ...[weights, stateBytes, cell.wasm.length, cell.sites.length].map((value) => value.toLocaleString("en")),
        ops.join(" "),
      ]);
    }
    output.value({ ...options, cells });
    output.line(`${options.units} units, ${options.inputs} inputs; weights and bytes without options`);
    for (const line of table(rows)) output.line(line);
    for (const { name, notes } of cells) {
      output.line();
      output.line(output.colors.bold(name));
      for (const line of notes) output.line(`  ${line}`);
    }
  },
};
