// Logits of each frame to detections, by the mean of the last frames. The C twin is firmware/core/decoder.c; docs/decoder.md
// defines it.
import {
  HEAD_FIRES_AT,
  HEAD_FORMAT,
  HEAD_KIND,
  HEAD_LABELS,
  HEAD_POWERS_AT,
  HEAD_RAM_BYTES,
  HEAD_REARM,
  HEAD_REFRACTORY,
  HEAD_THRESHOLD,
  HEAD_WINDOW,
  STATE_BYTES,
  STATE_FRAMES,
  STATE_NEXT,
  STATE_WAIT,
} from "../../build/generated/decoder-layout";

/** Forgets all frames; every label is armed. */
export function decoderReset(section: usize, ram: usize): void {
  memory.fill(ram, 0, load<u32>(section, HEAD_RAM_BYTES));
}

/**
 * Takes one frame's logits.
 * @returns (detected label + 1, or 0) << 24 | label with the greatest mean << 16 | probability, Q0.15, of the detected label,
 *   or else of the one with the greatest mean
 */
export function decoderPush(section: usize, ram: usize, logits: usize): u32 {
  const labels = <usize>load<u16>(section, HEAD_LABELS);
  const path = load<u16>(section, HEAD_KIND) !== 0;
  const format = <i32>load<u16>(section, HEAD_FORMAT);
  const rearm = <u32>load<u16>(section, HEAD_REARM);
  const powers = section + load<u16>(section, HEAD_POWERS_AT);
  const fires = section + load<u16>(section, HEAD_FIRES_AT);
  const sums = ram + STATE_BYTES;
  const spent = sums + (labels << 2);
  const best = addFrame(section, ram, logits);
  const frames = <i32>load<u16>(ram, STATE_FRAMES);
  const top = mean(load<i32>(sums + (best << 2)), frames);
  let total: u32 = 0;
  for (let label: usize = 0; label < labels; label++) {
    total += power(top - mean(load<i32>(sums + (label << 2)), frames), format, powers);
  }
  let detected: u32 = 0;
  let score: u32 = 0;
  let highest = <u32>load<u16>(section, HEAD_THRESHOLD);
  const wait = max(<i32>load<u16>(ram, STATE_WAIT) - 1, 0);
  for (let label: usize = 0; label < labels; label++) {
    const weight = power(top - mean(load<i32>(sums + (label << 2)), frames), format, powers);
    const probability = min<u32>((weight * 32768 + (total >> 1)) / total, 32767);
    if (path ? label !== best : probability < rearm) store<u8>(spent + label, 0);
    if (label === best && !detected) score = probability;
    if (!load<u8>(fires + label) || load<u8>(spent + label) || wait || probability <= highest) continue;
    if (path && label !== best) continue;
    detected = <u32>label + 1;
    score = probability;
    highest = probability;
  }
  store<u16>(ram, wait, STATE_WAIT);
  if (detected) {
    store<u8>(spent + detected - 1, 1);
    store<u16>(ram, load<u16>(section, HEAD_REFRACTORY), STATE_WAIT);
  }
  return (detected << 24) | ((<u32>best) << 16) | score;
}

// Puts a frame in the place of the oldest one. Returns the label with the greatest sum, the first of equals.
function addFrame(section: usize, ram: usize, logits: usize): usize {
  const labels = <usize>load<u16>(section, HEAD_LABELS);
  const window = <i32>load<u16>(section, HEAD_WINDOW);
  const next = <i32>load<u16>(ram, STATE_NEXT);
  const frames = <i32>load<u16>(ram, STATE_FRAMES);
  const sums = ram + STATE_BYTES;
  const place = sums + (labels << 2) + ((labels + 3) & ~3) + ((<usize>next * labels) << 1);
  let best: usize = 0;
  for (let label: usize = 0; label < labels; label++) {
    const sum = sums + (label << 2);
    const logit = <i32>load<i16>(logits + (label << 1));
    store<i32>(sum, load<i32>(sum) + logit - <i32>load<i16>(place + (label << 1)));
    store<i16>(place + (label << 1), logit);
    if (load<i32>(sum) > load<i32>(sums + (best << 2))) best = label;
  }
  store<u16>(ram, next + 1 === window ? 0 : next + 1, STATE_NEXT);
  if (frames < window) store<u16>(ram, frames + 1, STATE_FRAMES);
  return best;
}

// Rounded to the nearest, halves up. The sum is made positive to divide.
function mean(sum: i32, frames: i32): i32 {
  return (2 * (sum + 32768 * frames) + frames) / (2 * frames) - 32768;
}

// exp(−below · 2^−format) in Q16, from 2^(−i / 64) with linear interpolation. below < 2^16.
function power(below: u32, format: u32, powers: usize): u32 {
  const octaves = (below * 47274) >> (format - 1); // Q16; 47274 = log2(e) in Q15
  if (octaves >> 16 > 16) return 0;
  const entry = powers + (((octaves >> 10) & 63) << 1);
  const fraction = octaves & 1023;
  const value = <u32>load<u16>(entry) * (1024 - fraction) + <u32>load<u16>(entry, 2) * fraction; // Q25
  return (value >> (octaves >> 16)) >> 9;
}
