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
      const { history = [], ...training } = facts.training;
      const epochs = `${history.length} epochs; \`engram report\` draws them`;
      for (const [name, value] of Object.entries({ ...facts, training, history: epochs }))
        output.line(`  ${name}: ${shown(value)}`);
      return;
    }
    const model = describe(openModel(file));
    output.value(model);
    const { bold } = output.colors;
    const count = (amount: number): string => amount.toLocaleString("en");
    const bytes = (amount: number): string => `${count(amount)} bytes`;
    const { states, arena, frontEnd, decoder } = model.ram;
    const parts = `states ${count(states)}, arena ${count(arena)}, front end ${count(frontEnd)}, decoder ${count(decoder)}`;
    output.line(`${bold(file)}: ${model.cell}, ${bytes(model.fileBytes)}`);
    for (const [name, text] of [
      ["labels", model.labels.join(", ") || "none"],
      ["weights", bytes(model.weightBytes)],
      ["wasm", bytes(model.wasmBytes)],
      ["RAM", `${bytes(model.ramBytes)} (${parts})`],
      ["a step", `${count(model.macsPerStep)} multiplications`],
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
        `  layer ${cell}: ${shape}; ${wasmBytes} bytes of wasm, ${calls} ${calls === 1 ? "call" : "calls"}, ${count(macs)} multiplications`,
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

// Fractions to four digits; --json has all.
function shown(value: unknown): string {
  const round = (_: string, part: unknown): unknown =>
    typeof part === "number" && !Number.isInteger(part) ? Number(part.toPrecision(4)) : part;
  return typeof value === "string" ? value : JSON.stringify(value, round);
}
