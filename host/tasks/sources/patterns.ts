// Random patterns of −1 and +1, pairs of them, damage, and how well they are recalled: what associative memories are tried on. J. J.
// Hopfield 1982, "Neural networks and physical systems with emergent collective computational abilities", PNAS 79(8):2554-2558; B. Kosko
// 1988, "Bidirectional associative memories", IEEE Trans. Systems, Man, and Cybernetics 18(1):49-60.
import type { Random } from "../../data/random.ts";
import { UserError } from "../../spec/user-error.ts";

/** Each value −1 or +1. */
export type Pattern = Int8Array;
export type PatternPair = { x: Pattern; y: Pattern };

/**
 * Patterns of which none is another or its complement: who stores one has the complement for an attractor as well.
 * @throws UserError where there are not so many
 */
export function patternsOf(count: number, units: number, random: Random): Pattern[] {
  if (count > 2 ** (units - 1))
    throw new UserError(
      `${count} patterns of ${units} units, of which there are ${2 ** (units - 1)} beside their complements`,
      "ask for fewer, or give them more units",
    );
  const found = new Map<string, Pattern>();
  while (found.size < count) {
    const pattern = Int8Array.from({ length: units }, () => 2 * random.int(2) - 1);
    const key = pattern.map((value) => value * pattern[0]).join();
    if (!found.has(key)) found.set(key, pattern);
  }
  return [...found.values()];
}

/** Pairs of such patterns, on either side. */
export function pairsOf(count: number, x: number, y: number, random: Random): PatternPair[] {
  const [xs, ys] = [patternsOf(count, x, random), patternsOf(count, y, random)];
  return xs.map((each, i) => ({ x: each, y: ys[i] }));
}

/** A copy of which exactly `flips` values, wherever, have the other sign. */
export function damaged(pattern: Pattern, fraction: number, random: Random): Pattern {
  const places = random.shuffle(Array.from(pattern, (_, place) => place)).slice(0, flipsOf(pattern.length, fraction));
  const copy = pattern.slice();
  for (const place of places) copy[place] *= -1;
  return copy;
}

/** How many of so many values a fraction of 0 … 1 is, halves up. */
export const flipsOf = (units: number, fraction: number): number => Math.round(fraction * units);

/** Each pattern damaged `times` times anew. */
export function probesOf(patterns: readonly Pattern[], fraction: number, times: number, random: Random) {
  return patterns.flatMap((pattern, stored) =>
    Array.from({ length: times }, () => ({ stored, start: damaged(pattern, fraction, random) })),
  );
}

/** (1 / N) Σ a_i b_i: 1 of equal patterns, −1 of complements, about 0 of unrelated ones. */
export function overlap(a: ArrayLike<number>, b: Pattern): number {
  return b.reduce((sum, value, i) => sum + value * a[i], 0) / b.length;
}

export const isExact = (a: ArrayLike<number>, b: Pattern): boolean => b.every((value, i) => value === a[i]);

/** Parts of the recalls: those exact, those that overlap by 0.9, and the mean overlap. */
export type Recall = { exact: number; near: number; overlap: number };

/** @param recalls what came out, and what should have */
export function scoreRecalls(recalls: readonly { found: ArrayLike<number>; wanted: Pattern }[]): Recall {
  const overlaps = recalls.map(({ found, wanted }) => overlap(found, wanted));
  return {
    exact: recalls.filter(({ found, wanted }) => isExact(found, wanted)).length / recalls.length,
    near: overlaps.filter((value) => value >= 0.9).length / recalls.length,
    overlap: overlaps.reduce((sum, value) => sum + value, 0) / recalls.length,
  };
}

/** The stored pattern that differs in the fewest places, the first of equals: what no memory can be better than. */
export function nearestOf(patterns: readonly Pattern[], start: ArrayLike<number>): number {
  const overlaps = patterns.map((pattern) => overlap(start, pattern));
  return overlaps.indexOf(Math.max(...overlaps));
}
