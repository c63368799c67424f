// Axes of a drawing: what they span, where their ticks are, and what stands there.

export type Axis = { from: number; to: number; ticks: { value: number; text: string }[] };

/** From the first epoch to the last, with ticks at whole numbers. */
export function epochAxis(epochs: readonly number[]): Axis {
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)];
  const room = first === last ? 0.5 : 0;
  return withTicks(first - room, last + room, Math.max(1, niceStep((last - first) / 8)));
}

/** An axis that holds all values and ends at ticks, but not beyond `limits` that the values keep. */
export function valueAxis(values: readonly number[], limits: { least?: number; most?: number }): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = least === most ? Math.abs(least) / 10 || 1 : 0;
  const step = niceStep((most - least + 2 * room) / 5);
  const from = step * Math.floor((least - room) / step);
  const to = step * Math.ceil((most + room) / step);
  const { least: floor = from, most: ceiling = to } = limits;
  return withTicks(least < floor ? from : Math.max(from, floor), most > ceiling ? to : Math.min(to, ceiling), step);
}

function withTicks(from: number, to: number, step: number): Axis {
  const slack = 1e-9 * (to - from);
  const first = Math.ceil((from - slack) / step);
  const count = Math.floor((to + slack) / step) - first + 1;
  const ticks = Array.from({ length: count }, (_, i) => (first + i) * step);
  return { from, to, ticks: ticks.map((value) => ({ value, text: tickText(value, step) })) };
}

// The next of 1, 2, 5, 10, 20 …
function niceStep(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((step) => step * power >= least * (1 - 1e-9)) ?? 10);
}

function tickText(value: number, step: number): string {
  const decimals = -Math.floor(Math.log10(step) + 1e-9);
  if (value === 0) return "0";
  return decimals > 4 || Math.abs(value) >= 1e6 ? value.toExponential(1) : value.toFixed(Math.max(0, decimals));
}
