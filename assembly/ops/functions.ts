// Functions of one number that ops share: the twin of firmware/core/functions.c, bit for bit. docs/arithmetic.md gives their errors.

/** What exp2 takes at most: from there on all is 0. */
export const deepest: i64 = (16 << 11) + 1;

/** 2^−t in Q15, 0 … 32768, of t in Q11, 0 … deepest. */
export function exp2(t: u32): u32 {
  const f = <i32>(t & 2047);
  let p = 7231;
  p = -55940 + ((p * f) >> 11);
  p = 251166 + ((p * f) >> 11);
  p = -726743 + ((p * f) >> 11);
  p = (1 << 20) + <i32>((<i64>p * f) >> 11);
  const down = 5 + (t >> 11);
  return (<u32>p + ((<u32>1) << (down - 1))) >> down;
}

/** log2(v) in Q11 of v, 1 … 65536. */
export function log2(v: u32): i32 {
  const whole = 31 - clz(v);
  let x = whole > 15 ? v >> (whole - 15) : v << (15 - whole);
  let y: u32 = whole << 12;
  for (let bit: u32 = 1 << 11; bit != 0; bit >>= 1) {
    x = (x * x) >> 15;
    if (x >> 16 != 0) {
      x >>= 1;
      y |= bit;
    }
  }
  return <i32>((y + 1) >> 1);
}

/** ⌊√v⌋. */
export function root(v: u64): u32 {
  let found: u64 = 0;
  for (let bit: u64 = (<u64>1) << 62; bit != 0; bit >>= 2) {
    const tried = found + bit;
    found >>= 1;
    if (v >= tried) {
      v -= tried;
      found += bit;
    }
  }
  return <u32>found;
}

/** num / den in Q15, at most 32767; 0 if den is 0. */
export function ratio(num: u64, den: u64): i32 {
  if (num >= den) return den != 0 ? 32767 : 0;
  const down = max<i64>(0, 48 - <i64>clz(den));
  const d = <u32>(den >> down);
  const n = <u32>(num >> down);
  return <i32>min<u32>(((n << 15) + d / 2) / d, 32767);
}
