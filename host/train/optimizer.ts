// Optimizers over a network's block of parameters, with clipping by the gradient's global norm.
import type { Network } from "../autodiff/network.ts";
import { parameterLengths } from "../compile/cell.ts";
import { type Fixed, fixedOf } from "./fixed.ts";

export type OptimizerOptions = (
  | { kind: "adam"; weightDecay?: number; beta1?: number; beta2?: number; epsilon?: number }
  | { kind: "sgd"; momentum?: number; weightDecay?: number }
) & {
  /** What part of the rate a parameter is trained at, by its name in the cell; 1 where absent. */
  rates?: Record<string, number>;
};

/** What an optimizer remembers, for checkpoints: step count, products of the betas, moments. */
export type OptimizerState = { steps: number; powers: [number, number]; moments: Float32Array[] };

export class Optimizer {
  readonly #network: Network;
  readonly #options: OptimizerOptions;
  readonly #moments: number[];
  readonly #fixed: readonly Fixed[];
  readonly #slowed: readonly Slowed[];
  #steps = 0;
  #powers: [number, number] = [1, 1]; // β1^t and β2^t, as products: Math.pow may round differently elsewhere

  /** To be made before the network's first pass, since its memory lasts. */
  constructor(network: Network, options: OptimizerOptions) {
    this.#network = network;
    this.#options = options;
    this.#fixed = fixedOf(network);
    for (const { layer, parameter } of this.#fixed) layer.holdStill(parameter);
    this.#slowed = slowedOf(network, options.rates ?? {});
    const count = options.kind === "adam" ? 2 : 1;
    this.#moments = Array.from({ length: count }, () => network.memory.keep(network.parameters.count));
  }

  /**
   * One step along the gradients, which it sets to zero.
   * @param clipNorm gradients of a greater norm are scaled down to it
   * @returns the norm before clipping; if it is not finite, no parameter has changed
   */
  step(rate: number, clipNorm = Number.POSITIVE_INFINITY): number {
    const network = this.#network;
    const { kernels } = network.memory;
    const { values, gradients, count } = network.parameters;
    for (const { gradients, stay } of this.#fixed) kernels.clear(gradients, stay.byteLength);
    const norm = Math.sqrt(kernels.squares(gradients, count));
    if (!Number.isFinite(norm)) return norm;
    if (norm > clipNorm) kernels.scale(gradients, clipNorm / norm, count);
    const options = this.#options;
    const before = this.#slowed.map(({ values, count }) => network.memory.floats(values, count).slice());
    this.#steps++;
    if (options.kind === "adam") {
      const { weightDecay = 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
      this.#powers = [this.#powers[0] * beta1, this.#powers[1] * beta2];
      const [first, second] = this.#powers;
      const [m, v] = this.#moments;
      const decay = rate * weightDecay;
      kernels.adam(values, gradients, m, v, count, rate, decay, beta1, beta2, 1 - first, 1 - second, epsilon);
    } else {
      const { momentum = 0.9, weightDecay = 0 } = options;
      kernels.momentum(values, gradients, this.#moments[0], count, rate, weightDecay, momentum);
    }
    this.#slowed.forEach(({ values, count, part }, i) => {
      const now = network.memory.floats(values, count);
      for (let n = 0; n < count; n++) now[n] = before[i][n] + part * (now[n] - before[i][n]);
    });
    for (const { stay, values } of this.#fixed) network.memory.floats(values, stay.length).set(stay); // against decay
    network.clearGradients();
    network.pack();
    return norm;
  }

  read(): OptimizerState {
    const { memory, parameters } = this.#network;
    const moments = this.#moments.map((at) => memory.floats(at, parameters.count).slice());
    return { steps: this.#steps, powers: [...this.#powers], moments };
  }

  write({ steps, powers, moments }: OptimizerState): void {
    const { memory, parameters } = this.#network;
    this.#steps = steps;
    this.#powers = [...powers];
    this.#moments.forEach((at, i) => {
      memory.floats(at, parameters.count).set(moments[i]);
    });
  }
}

/** A parameter that takes only a part of each step. */
type Slowed = { values: number; count: number; part: number };

function slowedOf({ layers }: Network, rates: Record<string, number>): Slowed[] {
  return layers.flatMap((layer) => {
    let values = layer.values;
    return parameterLengths(layer).flatMap((count, i): Slowed[] => {
      const at = values;
      values += count * 4;
      const part = rates[layer.cell.parameters[i].name];
      return part === undefined ? [] : [{ values: at, count, part }];
    });
  });
}
