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
    const { bold } = output.colors;
    const rows = (named: readonly (readonly [name: string, text: string])[]): void => {
      for (const [name, text] of named) output.line(`  ${name.padEnd(10)}  ${text}`);
    };
    if (isFloatModel(file)) {
      const facts = describeFloat(file);
      output.value(facts);
      const { cell, labels, parameters, layers, frontEnd, sha256 } = facts;
      const { history = [], ...training } = facts.training;
      output.line(`${bold(file)}: ${cell}, a float model; \`engram quantize\` makes what boards run`);
      rows([
        ["labels", labels.join(", ") || "none"],
        ["parameters", count(parameters)],
        ["front end", frontEnd ? text(frontEnd) : "none"],
        ["history", `${many(history.length, "epoch")}; \`engram report\` draws them`],
        ["SHA-256", sha256],
      ]);
      for (const { cell, sizes } of layers) output.line(`  layer ${cell}: ${sizesText(sizes)}`);
      for (const line of factLines("trained", training, "  ")) output.line(line);
      return;
    }
    const model = describe(openModel(file));
    output.value(model);
    const { states, arena, frontEnd, decoder } = model.ram;
    const parts = `states ${count(states)}, arena ${count(arena)}, front end ${count(frontEnd)}, decoder ${count(decoder)}`;
    output.line(`${bold(file)}: ${model.cell}, ${bytes(model.fileBytes)}`);
    rows([
      ["labels", model.labels.join(", ") || "none"],
      ["weights", bytes(model.weightBytes)],
      ["wasm", bytes(model.wasmBytes)],
      ["RAM", `${bytes(model.ramBytes)} (${parts})`],
      ["a step", many(model.macsPerStep, "multiplication")],
      ["ops", model.ops.join(", ")],
      ["SHA-256", model.sha256],
      ["on boards", model.name],
    ]);
    for (const { cell, sizes, macs, wasmBytes, calls } of model.layers) {
      const costs = `${bytes(wasmBytes)} of wasm, ${many(calls, "call")}, ${many(macs, "multiplication")}`;
      output.line(`  layer ${cell}: ${sizesText(sizes)}; ${costs}`);
    }
    for (const [title, facts] of [
      ["trained", model.training],
      ["quantized", model.quantization],
    ] as const)
      if (facts) for (const line of factLines(title, facts, "  ")) output.line(line);
  },
};

const count = (amount: number): string => amount.toLocaleString("en");
const many = (amount: number, what: string): string => `${count(amount)} ${what}${amount === 1 ? "" : "s"}`;
const bytes = (amount: number): string => many(amount, "byte");
const sizesText = (sizes: Record<string, number>): string =>
  Object.entries(sizes)
    .map(([name, size]) => `${size} ${name}`)
    .join(", ");

// Facts of any depth: what holds records has lines of its own below.
function factLines(title: string, value: unknown, indent: string): string[] {
  if (!isRecord(value) || !Object.values(value).some((part) => isRecord(part) || Array.isArray(part)))
    return [`${indent}${title}: ${text(value)}`];
  const below = Object.entries(value).flatMap(([name, part]) => factLines(name, part, `${indent}  `));
  return [`${indent}${title}`, ...below];
}

// Fractions to four digits; --json has all.
function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(value.some((part) => typeof part === "object") ? "; " : ", ");
  if (isRecord(value)) {
    const parts = Object.entries(value).map(([name, part]) => `${name} ${text(part)}`);
    return parts.join(", ") || "none";
  }
  return typeof value === "number" && !Number.isInteger(value) ? `${Number(value.toPrecision(4))}` : `${value}`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
