// Languages that count, a^n b^n and a^n b^n c^n: strings, the legal successors of each step, the loss, and how far a network counts.
import { binaryCrossEntropy, oneHot } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import type { Batch } from "../task.ts";

/** Strings of `letters` symbols, each n times; the last symbol begins and ends a string. */
export class Counting {
  readonly #end: number;

  /** @param symbols the letters in their order, then what begins and ends a string */
  constructor(readonly symbols: readonly string[]) {
    this.#end = symbols.length - 1;
  }

  /** The symbols of a string but its end, one-hot by step. */
  frameOf(n: number): Float32Array {
    return oneHot(this.#stringOf(n), this.symbols.length);
  }

  /** By step, 1 for each symbol that may come next: in the a's, a and b. */
  successors(n: number): Float32Array {
    const count = this.symbols.length;
    const string = [...this.#stringOf(n), this.#end];
    const legal = oneHot(string.slice(1), count);
    for (let step = 1; step <= n; step++)
      legal.fill(0, step * count, (step + 1) * count).fill(1, step * count, step * count + 2);
    return legal;
  }

  /** All strings from 1 to `trained`, one in each row, again and again where there are more rows. */
  batch(size: number, trained: number): Batch {
    const count = this.symbols.length;
    const numbers = Array.from({ length: size }, (_, row) => 1 + (row % trained));
    const strings = numbers.map((n) => this.frameOf(n));
    const legal = numbers.map((n) => this.successors(n));
    const steps = this.#end * Math.max(...numbers) + 1;
    const total = numbers.reduce((sum, n) => sum + this.#end * n + 1, 0);
    const at = (rows: Float32Array[], step: number) => {
      const frame = new Float32Array(size * count);
      for (const [row, values] of rows.entries())
        frame.set(values.subarray(step * count, (step + 1) * count), row * count);
      return frame;
    };
    return {
      frames: Array.from({ length: steps }, (_, step) => at(strings, step)),
      loss: (network, results) => {
        let [loss, correct] = [0, 0];
        results.forEach((logits, step) => {
          const weights = Float32Array.from(numbers, (n) => (step <= this.#end * n ? 1 / total : 0));
          const targets = at(legal, step);
          loss += binaryCrossEntropy(network, logits, targets, weights);
          network.read(logits).forEach((logit, i) => {
            if (weights[Math.floor(i / count)] > 0 && logit > 0 === targets[i] > 0) correct++;
          });
        });
        return { loss, correct, examples: total * count };
      },
    };
  }

  /** Of strings of these numbers: the first that is not right at every step, and how far from 0 the closest logit is. */
  async judge(runner: Runner, numbers: readonly number[]): Promise<{ wrong?: number; margin: number }> {
    const results = await runner.run(numbers.map((n) => this.frameOf(n)));
    const wrong = numbers.find((n, i) => {
      const legal = this.successors(n);
      return results[i].some((logit, k) => logit > 0 !== legal[k] > 0);
    });
    const margin = results.reduce(
      (least, logits) => logits.reduce((so, x) => Math.min(so, Math.abs(x)), least),
      Infinity,
    );
    return { wrong, margin };
  }

  /** The greatest n, at most `most`, up to which every string is right. */
  async countedTo(runner: Runner, most: number): Promise<number> {
    const together = 20;
    for (let from = 1; from <= most; from += together) {
      const { wrong } = await this.judge(runner, numbersFrom(from, together));
      if (wrong !== undefined) return wrong - 1;
    }
    return most;
  }

  #stringOf(n: number): number[] {
    const letters = Array.from({ length: this.#end }, (_, letter) => letter);
    return [this.#end, ...letters.flatMap((letter) => new Array<number>(n).fill(letter))];
  }
}

export const numbersFrom = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);
