// µ-law of ITU-T G.711: sixteen bits to eight, 38 dB of signal to noise over a wide range, for lines too slow for PCM.

const bias = 132;
const clip = 32635;

/** Samples as µ-law codes. The board expands them (firmware/core/stream.c). */
export function companded(samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, (sample) => {
    const magnitude = Math.min(Math.abs(sample), clip) + bias;
    const exponent = 24 - Math.clz32(magnitude);
    const mantissa = (magnitude >> (exponent + 3)) & 15;
    return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
  });
}

/** And back, as a board does it. */
export function expanded(codes: Uint8Array): Int16Array {
  return Int16Array.from(codes, (code) => {
    const bits = ~code & 0xff;
    const value = ((((bits & 15) << 3) + bias) << ((bits >> 4) & 7)) - bias;
    return bits & 0x80 ? -value : value;
  });
}
