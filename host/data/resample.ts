// Changes the sample rate: polyphase windowed sinc (Kaiser window), both rates whole numbers of hertz. Flat to 0.9 of the
// lower rate's half, over 90 dB down above that half. wavefile's own resampler aliases; figures in docs/data.md.
import { sinTurns } from "./reproducible-math.ts";

const ZERO_CROSSINGS = 64; // on each side, in samples of the lower rate
const CUTOFF = 0.95; // −6 dB, as a fraction of half the lower rate
const BETA = 9.6; // of the Kaiser window: about 95 dB

type Filter = { up: number; down: number; taps: number; weights: Float64Array }; // weights: up × taps
const filters = new Map<string, Filter>();

/**
 * @param samples any scale
 * @returns ceil(length · to / from) samples on the same scale; outside the recording there is silence
 */
export function resample(samples: ArrayLike<number>, from: number, to: number): Float32Array {
  const key = `${from}/${to}`;
  let filter = filters.get(key);
  if (!filter) {
    filter = design(from, to);
    filters.set(key, filter);
  }
  const { up, down, taps, weights } = filter;
  const input = new Float64Array(samples);
  const out = new Float32Array(Math.ceil((input.length * up) / down));
  for (let i = 0; i < out.length; i++) {
    const position = i * down;
    const start = Math.floor(position / up) - taps / 2 + 1;
    const row = (position % up) * taps;
    const last = Math.min(taps, input.length - start);
    let sum = 0;
    for (let k = Math.max(0, -start); k < last; k++) sum += weights[row + k] * input[start + k];
    out[i] = sum;
  }
  return out;
}

// Row p holds the weights of the samples around a point that lies p / up of a sample after one of them.
function design(from: number, to: number): Filter {
  const divisor = greatestCommonDivisor(from, to);
  const up = to / divisor;
  const down = from / divisor;
  const cutoff = CUTOFF * Math.min(1, to / from); // as a fraction of half the input's rate
  const reach = ZERO_CROSSINGS * Math.max(1, from / to); // in input samples
  const taps = 2 * Math.ceil(reach);
  const weights = new Float64Array(up * taps);
  for (let p = 0; p < up; p++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const distance = k - taps / 2 + 1 - p / up;
      const weight = sinc(cutoff * distance) * kaiser(distance / reach);
      weights[p * taps + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < taps; k++) weights[p * taps + k] /= sum;
  }
  return { up, down, taps, weights };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function sinc(x: number): number {
  return x === 0 ? 1 : sinTurns(x / 2) / (Math.PI * x);
}

// Without its constant factor, which the normalization of each row removes.
function kaiser(x: number): number {
  if (Math.abs(x) >= 1) return 0;
  const quarter = (BETA * BETA * (1 - x * x)) / 4;
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-16; n++) {
    term *= quarter / (n * n);
    sum += term;
  }
  return sum;
}
