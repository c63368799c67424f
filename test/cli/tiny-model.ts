// A model with random weights, for tests in which it does not matter what it hears: GRU-8 and a read-out.

import { FloatNetwork } from "../../host/autodiff/float-network.ts";
import { type FloatLayer, parameterLengths } from "../../host/compile/cell.ts";
import { loadCell } from "../../host/compile/load.ts";
import { Random } from "../../host/data/random.ts";
import { frontEndSection } from "../../host/features/frontend-section.ts";
import { outputSection } from "../../host/features/output-section.ts";
import type { FloatModel } from "../../host/model/float-model.ts";
import { assemble } from "../../host/quantize/assemble.ts";
import { keywordDecoder } from "../../host/spec/decoder.ts";
import { keywordFrontEnd } from "../../host/spec/frontend.ts";

export const labels = ["yes", "no", "unknown", "silence"];

/** @param favoured a label whose logit is always far above the others */
export async function tinyFloatModel(seed = 1, favoured?: string): Promise<FloatModel> {
  const layers = [
    await layer("gru", { units: 8, inputs: 40 }, seed),
    await layer("dense", { units: 4, inputs: 8 }, seed),
  ];
  const bias = layers[1].parameters[layers[1].cell.parameters.findIndex(({ role }) => role === "vector")];
  if (favoured) bias[labels.indexOf(favoured)] += 8;
  return {
    layers,
    labels,
    frontEnd: keywordFrontEnd,
    window: 30,
    training: { task: "keywords", recipe: {}, seed, data: { name: "none", hash: "" }, accuracy: {} },
  };
}

/** The bytes of an .engram file. */
export async function tinyModel(seed = 1, favoured?: string): Promise<Uint8Array> {
  const { layers } = await tinyFloatModel(seed, favoured);
  const network = new FloatNetwork(layers, 1);
  const random = new Random(seed, "calibration");
  network.calibrate();
  for (let i = 0; i < 100; i++) network.step(Float32Array.from({ length: 40 }, () => random.uniform(-2, 2)));
  const { file } = assemble(layers, {
    inputFormat: keywordFrontEnd.format,
    ranges: network.ranges(),
    frontEnd: frontEndSection(keywordFrontEnd),
    output: (format) =>
      outputSection({
        ...keywordDecoder,
        labels,
        quiet: ["unknown", "silence"],
        format,
        threshold: 0.5,
      }),
    meta: { engram: "test" },
  });
  return file;
}

async function layer(name: string, sizes: Record<string, number>, seed: number): Promise<FloatLayer> {
  const cell = await loadCell(name);
  const random = new Random(seed, name);
  const parameters = parameterLengths({ cell, sizes }).map((length) =>
    Float32Array.from({ length }, () => random.normal() * 0.4),
  );
  return { cell, sizes, parameters };
}
