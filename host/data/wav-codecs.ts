// The three compressed formats that occur in wav files: A-law and µ-law (ITU-T G.711), IMA ADPCM (IMA Digital Audio
// Focus Group 1992, blocks as in Microsoft's wav). wavefile 11 decodes 512 samples of an ADPCM block that holds 505.

/** One A-law byte as a 16-bit sample. */
export function fromALaw(byte: number): number {
  const code = byte ^ 0x55;
  const segment = (code >> 4) & 7;
  const step = ((code & 15) << 4) + 8;
  const value = segment === 0 ? step : (step + 256) << (segment - 1);
  return code & 0x80 ? value : -value;
}

/** One µ-law byte as a 16-bit sample. */
export function fromMuLaw(byte: number): number {
  const code = ~byte & 0xff;
  const value = ((((code & 15) << 3) + 132) << ((code >> 4) & 7)) - 132;
  return code & 0x80 ? -value : value;
}

const INDEX_CHANGE = [-1, -1, -1, -1, 2, 4, 6, 8];

// The table of the standard, from 7 to 32,767 in steps of about 1.1.
const STEPS = [
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118,
  130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060,
  1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484,
  7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
];

/**
 * Decodes IMA ADPCM: each block has four bytes a channel (first sample, step index), then groups of four bytes, eight
 * samples, for one channel after the other. What remains after the last whole group is dropped.
 * @param blockBytes bytes of a block, above 4 · channelCount
 */
export function fromImaAdpcm(data: DataView, channelCount: number, blockBytes: number): Int16Array[] {
  const groupsOf = (bytes: number) => Math.max(0, Math.floor((bytes - 4 * channelCount) / (4 * channelCount)));
  const samplesOf = (bytes: number) => (bytes >= 4 * channelCount ? 1 + 8 * groupsOf(bytes) : 0);
  const whole = Math.floor(data.byteLength / blockBytes);
  const length = whole * samplesOf(blockBytes) + samplesOf(data.byteLength % blockBytes);
  return Array.from({ length: channelCount }, (_, channel) => {
    const out = new Int16Array(length);
    for (let start = 0, filled = 0; start < data.byteLength; start += blockBytes) {
      const bytes = Math.min(blockBytes, data.byteLength - start);
      if (samplesOf(bytes) === 0) break;
      let sample = data.getInt16(start + 4 * channel, true);
      let index = Math.min(88, data.getUint8(start + 4 * channel + 2));
      out[filled++] = sample;
      for (let n = 0; n < 8 * groupsOf(bytes); n++) {
        const at = start + 4 * (channelCount + channel + channelCount * (n >> 3)) + ((n & 7) >> 1);
        const code = (data.getUint8(at) >> (4 * (n & 1))) & 15;
        sample = Math.max(-32768, Math.min(32767, sample + difference(code, STEPS[index])));
        index = Math.max(0, Math.min(88, index + INDEX_CHANGE[code & 7]));
        out[filled++] = sample;
      }
    }
    return out;
  });
}

function difference(code: number, step: number): number {
  const size = (step >> 3) + (code & 1 ? step >> 2 : 0) + (code & 2 ? step >> 1 : 0) + (code & 4 ? step : 0);
  return code & 8 ? -size : size;
}
