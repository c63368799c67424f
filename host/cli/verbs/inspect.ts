// engram inspect: what a model file holds and needs.
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  summary: "show what a model file holds, needs, and how it was trained",
  examples: ["engram inspect models/keywords.engram", "engram inspect kws.engram --json"],
  declare(command) {
    command.argument("<file>", "model file (.engram, or .model as trained)");
  },
  async run({ operands: [file], output }) {
    const { describe, describeFloat, isFloatModel, openModel } = await import("../model-file.ts");
    if (isFloatModel(file)) {
      const facts = describeFloat(file);
      output.value(facts);
      output.line(
        `${output.colors.bold(file)}: ${facts.cell}, a float model; \`engram quantize\` makes what boards run`,
      );
      for (const [name, value] of Object.entries(facts)) output.line(`  ${name}: ${shown(value)}`);
      return;
    }
    const model = describe(openModel(file));
    output.value(model);
    const { bold } = output.colors;
    const bytes = (count: number): string => `${count.toLocaleString("en")} bytes`;
    const { states, arena, frontEnd, decoder } = model.ram;
    output.line(`${bold(file)}: ${model.cell}, ${bytes(model.fileBytes)}`);
    for (const [name, text] of [
      ["labels", model.labels.join(", ") || "none"],
      ["weights", bytes(model.weightBytes)],
      ["wasm", bytes(model.wasmBytes)],
      ["RAM", `${bytes(model.ramBytes)} (states ${states}, arena ${arena}, front end ${frontEnd}, decoder ${decoder})`],
      ["a step", `${model.macsPerStep.toLocaleString("en")} multiplications`],
      ["ops", model.ops.join(", ")],
      ["SHA-256", model.sha256],
      ["on boards", model.name],
    ]) {
      output.line(`  ${name.padEnd(9)}  ${text}`);
    }
    for (const { cell, sizes, macs, wasmBytes, calls } of model.layers) {
      const shape = Object.entries(sizes)
        .map(([name, size]) => `${size} ${name}`)
        .join(", ");
      output.line(
        `  layer ${cell}: ${shape}; ${wasmBytes} bytes of wasm, ${calls} calls, ${macs.toLocaleString("en")} multiplications`,
      );
    }
    for (const [title, facts] of [
      ["trained", model.training],
      ["quantized", model.quantization],
    ] as const) {
      if (!facts) continue;
      output.line(`  ${title}`);
      for (const [name, value] of Object.entries(facts)) output.line(`    ${name}: ${shown(value)}`);
    }
  },
};

function shown(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : `${value}`;
}
