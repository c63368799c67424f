// Computed sounds with a pitch, from a sine table and products only: the same samples everywhere, and fast enough for hours.
import { exp2, ln, sinTurns } from "./reproducible-math.ts";

const TABLE = 4096;
const table = Float64Array.from({ length: TABLE + 1 }, (_, i) => sinTurns(i / TABLE));

/** What a tone does in time. */
export type Tone = {
  /** Hz at the start and at the end; between them the logarithm changes evenly. */
  from: number;
  to: number;
  /** Amplitudes of the fundamental and its overtones; those above half the sample rate are left out. */
  partials: readonly number[];
  attack: number; // seconds from 0 to full
  decay: number; // falls by e^−decay a second
  vibrato?: { depth: number; rate: number }; // depth in turns of the fundamental's phase, rate in Hz
};

/** `length` samples of a tone with the amplitudes of its partials. */
export function tone(spec: Tone, length: number, sampleRate: number): Float32Array {
  const out = new Float32Array(length);
  const highest = Math.max(spec.from, spec.to);
  const partials = spec.partials.slice(0, Math.floor(sampleRate / 2 / highest));
  const glide = exp2(log2Ratio(spec.to, spec.from) / Math.max(1, length));
  const fade = exp2((-spec.decay * Math.LOG2E) / sampleRate);
  const attack = Math.max(1, spec.attack * sampleRate);
  const { depth, rate } = spec.vibrato ?? { depth: 0, rate: 0 };
  let phase = 0;
  let step = spec.from / sampleRate;
  let level = 1;
  for (let i = 0; i < length; i++) {
    const turns = depth === 0 ? phase : phase + depth * sine((rate * i) / sampleRate);
    let sum = 0;
    for (let k = 0; k < partials.length; k++) sum += partials[k] * sine((k + 1) * turns);
    out[i] = sum * level * Math.min(1, i / attack);
    phase += step;
    step *= glide;
    level *= fade;
  }
  return out;
}

// sin(2π · turns), turns ≥ −1, within 3e-7: linear between table entries.
function sine(turns: number): number {
  const place = (turns - Math.floor(turns)) * TABLE;
  const i = Math.floor(place);
  return table[i] + (place - i) * (table[i + 1] - table[i]);
}

function log2Ratio(a: number, b: number): number {
  return a === b ? 0 : ln(a / b) * Math.LOG2E;
}
