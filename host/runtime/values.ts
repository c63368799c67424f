// Values as a board has them: integers of a format, and what they mean.

/** Frames as a board takes them, saturated. @param format fraction bits */
export function toIntegers(values: Float32Array, format: number): Int16Array {
  return Int16Array.from(values, (value) => Math.max(-32768, Math.min(32767, Math.round(value * 2 ** format))));
}

/** What integers mean. */
export function toValues(integers: Int16Array, format: number): Float32Array {
  return Float32Array.from(integers, (value) => value * 2 ** -format);
}
