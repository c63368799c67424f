// Mel bands and their logarithm: power spectrum to one frame of features. The C twin is in firmware/core/frontend.c.
import {
  HEAD_BANDS,
  HEAD_FIRST_BIN,
  HEAD_FORMAT,
  HEAD_LOG_AT,
  HEAD_OFFSET,
  HEAD_WEIGHTS_AT,
  HEAD_WIDTHS_AT,
  LOG_FLOOR,
} from "../../build/generated/frontend-layout";

/**
 * Writes `bands` int16. Every bin between the middles of two bands gives weight / 256 of its power to the upper one and the
 * rest to the lower one.
 * @param exponent power · 2^exponent is |X|²
 */
export function melFrame(section: usize, spectrum: usize, exponent: i32, frame: usize): void {
  const bands = <usize>load<u16>(section, HEAD_BANDS);
  const widths = section + load<u16>(section, HEAD_WIDTHS_AT);
  const log = section + load<u16>(section, HEAD_LOG_AT);
  const offset = <i32>load<i8>(section, HEAD_OFFSET);
  const drop = 18 - <i32>load<u8>(section, HEAD_FORMAT);
  let weight = section + load<u16>(section, HEAD_WEIGHTS_AT);
  let bin = spectrum + ((<usize>load<u16>(section, HEAD_FIRST_BIN)) << 2);
  let rising: u64 = 0; // the band's share of the bins below its middle, in 1 / 256
  for (let band: usize = 0; band <= bands; band++) {
    let sum: u64 = 0;
    let upper: u64 = 0;
    for (let end = weight + load<u16>(widths + (band << 1)); weight < end; weight++) {
      const power = <u64>load<u32>(bin);
      sum += power;
      upper += power * <u64>load<u8>(weight);
      bin += 4;
    }
    if (band > 0) {
      const level = log2(rising + (sum << 8) - upper, exponent - 8, log) - (offset << 16);
      const value = (level + ((1 << drop) >> 1)) >> drop;
      store<i16>(frame + (band << 1) - 2, max(min(value, 32767), -32768));
    }
    rising = upper;
  }
}

// log2(sum · 2^exponent + 2^14) in Q16, sum < 2^48.
function log2(sum: u64, exponent: i32, table: usize): i32 {
  const distance = LOG_FLOOR - exponent;
  const unit = distance >= 0 ? exponent : LOG_FLOOR;
  const total = distance >= 0 ? sum + ((<u64>1) << distance) : (sum << -distance) + 1;
  const zeros = <i32>clz(total);
  const fraction = <u32>((total << zeros) >> 31); // the leading 1 falls off
  const entry = table + ((fraction >> 26) << 1);
  const here = <u32>load<u16>(entry);
  const rise = <i32>load<u16>(entry, 2) - <i32>here;
  const part = (here << 15) + <u32>(rise * <i32>((fraction >> 11) & 0x7fff));
  return ((63 - zeros + unit) << 16) + <i32>((part + 0x2000) >> 14);
}
