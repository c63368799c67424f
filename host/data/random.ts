// Random numbers that are the same on every machine: xoshiro128** 1.1 (Blackman and Vigna 2018, "Scrambled linear
// pseudorandom number generators", arXiv:1805.01407), one independent stream for each seed and key.
import { exp2, ln } from "./reproducible-math.ts";

/** A seeded stream of random numbers. */
export class Random {
  private readonly state: Int32Array; // four words, not all zero

  /**
   * @param seed any integer; its lower 53 bits count
   * @param keys what the numbers are for, such as ("augment", copy, clip): streams of different keys are independent,
   *   so that work may be split among threads, or reordered, without changing a result
   */
  constructor(seed: number, ...keys: (string | number)[]) {
    this.state = spread([seed, ...keys].join("/"));
  }

  /** A generator in a given state, for comparison with published test vectors. */
  static fromState(words: readonly [number, number, number, number]): Random {
    const random = new Random(0);
    random.state.set(words);
    return random;
  }

  /** An integer, 0 … 2^32 − 1. */
  word(): number {
    const s = this.state;
    const scrambled = Math.imul(rotate(Math.imul(s[1], 5), 7), 9);
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 11);
    return scrambled >>> 0;
  }

  /** A number from `low` (inclusive) to `high` (exclusive), in steps of (high − low) / 2^32. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.word() / 4294967296);
  }

  /** A positive number whose logarithm is uniform from `low` to `high`. */
  logUniform(low: number, high: number): number {
    return low * exp2((this.uniform() * ln(high / low)) / Math.LN2);
  }

  /** An integer, 0 … count − 1; 1 ≤ count ≤ 2^32. The bias is below count / 2^32. */
  int(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Normal, mean 0, variance 1: the polar method (Marsaglia and Bray 1964); the second value is thrown away. */
  normal(): number {
    for (;;) {
      const x = this.uniform(-1, 1);
      const y = this.uniform(-1, 1);
      const square = x * x + y * y;
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * ln(square)) / square);
    }
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * ln(1 - this.uniform());
  }

  /** One of the items, which must not be empty. */
  pick<T>(items: ArrayLike<T>): T {
    return items[this.int(items.length)];
  }

  /** Puts the items into random order, in place (Fisher and Yates), and returns them. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
    return items;
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

// Four state words from a text: FNV-1a, then the finalizer of MurmurHash3 on a Weyl sequence, as SplitMix does.
function spread(text: string): Int32Array {
  let low = 0x811c9dc5;
  let high = 0x1234567;
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(i), 0x5bd1e995) + low;
  }
  const words = new Int32Array(4);
  for (let i = 0; i < 4; i++) {
    low = (low + 0x9e3779b9) | 0;
    words[i] = finish(low ^ finish(high + i));
  }
  if (words.every((word) => word === 0)) words[0] = 1;
  return words;
}

function finish(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
