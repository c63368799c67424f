// A training step, forward, backward and Adam: ours against tfjs-wasm in turns, and PyTorch beside them; one thread each.
import { Network } from "../../../host/autodiff/network.ts";
import { loadCell } from "../../../host/compile/load.ts";
import { Random } from "../../../host/data/random.ts";
import { initialize } from "../../../host/train/initialize.ts";
import { crossEntropy, oneHot } from "../../../host/train/loss.ts";
import { Optimizer } from "../../../host/train/optimizer.ts";
import { type Step, type StepSizes, tfjsStep, torchTimes } from "../peers.ts";
import { inWords, median, time } from "../statistics.ts";

const sizes: StepSizes = { batch: 64, frames: 49, inputs: 40, units: 128, labels: 6 };
const rounds = 8;
/** Our steps for each of the peer's, which takes so much longer. */
const oursPerRound = 5;
const leastRatio = 12;

export async function bench(): Promise<void> {
  console.log(
    Object.entries(sizes)
      .map(([name, value]) => `${value} ${name}`)
      .join(", "),
  );
  for (const cell of ["lstm", "gru"]) await compare(cell);
}

async function compare(cell: string): Promise<void> {
  const ours = await ourStep(cell);
  for (let i = 0; i < oursPerRound; i++) ours();
  const times: number[] = [];
  const theirs: number[] = [];
  const peer = await tfjsStep(cell, sizes);
  if (typeof peer !== "string") await peer();
  for (let round = 0; round < rounds; round++) {
    if (typeof peer !== "string") theirs.push(await time(peer));
    for (let i = 0; i < oursPerRound; i++) times.push(await time(ours));
  }
  console.log(`${cell}: engram ${inWords(times)}`);
  if (typeof peer === "string") console.log(`  ${peer}`);
  else {
    const ratio = median(theirs) / median(times);
    const verdict = ratio >= leastRatio ? "reached" : "MISSED";
    console.log(
      `  tfjs-wasm ${inWords(theirs)}: engram is ${ratio.toFixed(1)} times as fast (at least ${leastRatio}: ${verdict})`,
    );
  }
  const torch = torchTimes(cell, sizes);
  if (typeof torch === "string") return console.log(`  ${torch}`);
  const ratio = (median(torch.times) / median(times)).toFixed(2);
  const blas = torch.fastBlas ? "" : " (with a plain BLAS, so slower than it can be)";
  console.log(`  PyTorch ${inWords(torch.times)}${blas}: engram is ${ratio} times as fast`);
}

async function ourStep(name: string): Promise<Step> {
  const { batch, frames, inputs, units, labels } = sizes;
  const cells = [await loadCell(name), await loadCell("dense")];
  const layerSizes = [
    { units, inputs },
    { units: labels, inputs: units },
  ];
  const layers = cells.map((cell, i) => ({
    cell,
    sizes: layerSizes[i],
    parameters: initialize(cell, layerSizes[i], 1, i),
  }));
  const network = new Network(layers, batch);
  const optimizer = new Optimizer(network, { kind: "adam" });
  const random = new Random(1, "bench");
  const xs = Array.from({ length: frames }, () => Float32Array.from({ length: batch * inputs }, () => random.normal()));
  const targets = oneHot(
    Array.from({ length: batch }, (_, i) => i % labels),
    labels,
  );
  const weights = new Float32Array(batch).fill(1 / batch);
  return () => {
    network.resetStates();
    network.begin(true);
    const logits = xs.map((x) => network.step(x)).at(-1)!;
    crossEntropy(network, logits, targets, weights);
    network.backward();
    optimizer.step(1e-3);
  };
}
