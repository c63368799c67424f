// What is measured on every board: cells of many sizes with random weights, and the models that ship.
import { readFileSync } from "node:fs";
import { loadCell } from "../../host/compile/load.ts";
import { readModel } from "../../host/model/model.ts";
import { randomModel } from "../../host/quantize/random-model.ts";
import { frontEndHead } from "../../host/spec/frontend.ts";

export const cells = ["elman", "gru", "lstm"] as const;
export const units = [16, 32, 64, 128] as const;
export const inputs = [10, 40] as const;
export const models = ["keywords.engram", "microbit.engram"] as const;

/** A cell's name in tables and in the budget. */
export const cellName = (cell: string, units: number, inputs: number): string => `${cell}-${units}, ${inputs} inputs`;

/** All names, cells first. */
export const subjects: string[] = [
  ...cells.flatMap((cell) => inputs.flatMap((inputs) => units.map((units) => cellName(cell, units, inputs)))),
  ...models,
];

/** The model file that a name of `subjects` stands for. */
export async function modelFile(subject: string): Promise<Uint8Array> {
  const [, cell, units, inputs] = /^(\w+)-(\d+), (\d+) inputs$/.exec(subject) ?? [];
  if (!cell) return readFileSync(new URL(`../../models/${subject}`, import.meta.url));
  return randomModel(await loadCell(cell), { units: Number(units), inputs: Number(inputs) });
}

/** Seconds from frame to frame of a model that ships. */
export async function frameSeconds(model: (typeof models)[number]): Promise<number> {
  const front = readModel(await modelFile(model), model).sections.get("FRNT")!;
  const { hop, sampleRate } = frontEndHead.read(front.bytes);
  return hop / sampleRate;
}
