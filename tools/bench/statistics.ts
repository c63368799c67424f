// Times of repeated runs.

/** The middle one of the times; of an even number the upper. */
export const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1];

/** "median 12.3 ms (least 11.0)" */
export const inWords = (times: readonly number[]): string =>
  `median ${median(times).toFixed(1)} ms (least ${Math.min(...times).toFixed(1)})`;

/** Milliseconds that a function takes. */
export async function time(run: () => unknown): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}
