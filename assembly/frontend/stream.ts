// The stream around the frames: samples wait in RAM until a window is full, then move on by a hop; their level is measured as
// they come. The C twin is firmware/core/frontend.c.
import {
  HEAD_BANDS,
  HEAD_HOP,
  HEAD_RAM_BYTES,
  HEAD_WINDOW,
  STATE_BYTES,
  STATE_COUNTED,
  STATE_ENERGY_LOW,
  STATE_FILLED,
  STATE_LEVEL_PEAK,
  STATE_LEVEL_RMS,
  STATE_PEAK,
} from "../../build/generated/frontend-layout";
import { melFrame } from "./bands";
import { powerExponent, powerSpectrum } from "./spectrum";
import { prepare } from "./stages";

/** Forgets all samples, and whatever was known of a section. */
export function reset(section: usize, ram: usize): void {
  prepare(section);
  memory.fill(ram, 0, load<u32>(section, HEAD_RAM_BYTES));
}

/**
 * Takes samples until a frame is complete or all are taken.
 * @param frame where a complete frame goes, `bands` int16
 * @returns twice the number of samples taken, plus 1 if a frame is complete
 */
export function push(section: usize, ram: usize, pcm: usize, samples: i32, frame: usize): i32 {
  const window = <i32>load<u16>(section, HEAD_WINDOW);
  const history = ram + STATE_BYTES;
  const filled = <i32>load<u16>(ram, STATE_FILLED);
  const taken = min(samples, window - filled);
  memory.copy(history + ((<usize>filled) << 1), pcm, (<usize>taken) << 1);
  measure(ram, pcm, taken);
  if (filled + taken < window) {
    store<u16>(ram, filled + taken, STATE_FILLED);
    return taken << 1;
  }
  const spectrum = history + ((<usize>window) << 1);
  powerSpectrum(section, history, spectrum);
  melFrame(section, spectrum, powerExponent, frame);
  const hop = <i32>load<u16>(section, HEAD_HOP);
  memory.copy(history, history + ((<usize>hop) << 1), (<usize>(window - hop)) << 1);
  store<u16>(ram, window - hop, STATE_FILLED);
  closeLevel(ram);
  return (taken << 1) | 1;
}

/**
 * All frames of a clip, one after another.
 * @returns their number
 */
export function frames(section: usize, ram: usize, pcm: usize, samples: i32, out: usize): i32 {
  const bytes = (<usize>load<u16>(section, HEAD_BANDS)) << 1;
  let count = 0;
  while (samples > 0) {
    const taken = push(section, ram, pcm, samples, out);
    pcm += <usize>(taken & ~1);
    samples -= taken >> 1;
    if (taken & 1) {
      out += bytes;
      count++;
    }
  }
  return count;
}

/** Level of the samples that the last frame brought: root mean square << 16 | peak, both 0 … 32768. */
export function level(ram: usize): u32 {
  return ((<u32>load<u16>(ram, STATE_LEVEL_RMS)) << 16) | <u32>load<u16>(ram, STATE_LEVEL_PEAK);
}

function measure(ram: usize, pcm: usize, samples: i32): void {
  let energy = load<u64>(ram, STATE_ENERGY_LOW);
  let peak = <i32>load<u16>(ram, STATE_PEAK);
  for (const end = pcm + ((<usize>samples) << 1); pcm < end; pcm += 2) {
    const x = <i32>load<i16>(pcm);
    energy += <u64>(x * x);
    peak = max(peak, x < 0 ? -x : x);
  }
  store<u64>(ram, energy, STATE_ENERGY_LOW);
  store<u16>(ram, peak, STATE_PEAK);
  store<u16>(ram, <i32>load<u16>(ram, STATE_COUNTED) + samples, STATE_COUNTED);
}

// A frame can be complete only after a new sample, so there is something to divide by.
function closeLevel(ram: usize): void {
  const mean = <u32>(load<u64>(ram, STATE_ENERGY_LOW) / <u64>load<u16>(ram, STATE_COUNTED));
  let root: u32 = 0;
  for (let bit: u32 = 1 << 15; bit; bit >>= 1) {
    const next = root | bit;
    if (next * next <= mean) root = next;
  }
  store<u16>(ram, load<u16>(ram, STATE_PEAK), STATE_LEVEL_PEAK);
  store<u16>(ram, root, STATE_LEVEL_RMS);
  store<u64>(ram, 0, STATE_ENERGY_LOW);
  store<u32>(ram, 0, STATE_COUNTED); // and the peak, which follows
}
