// Raw sound, 16-bit little-endian mono, as microphones and pipes give it: bytes to samples, wherever the bytes are cut.

/** The samples of each chunk; half a sample waits for its other byte. */
export async function* rawSamples(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Int16Array> {
  let half: number | undefined;
  for await (const chunk of chunks) {
    const carried = half === undefined ? 0 : 1;
    const bytes = new Uint8Array(carried + chunk.length);
    if (half !== undefined) bytes[0] = half;
    bytes.set(chunk, carried);
    half = bytes.length % 2 === 1 ? bytes[bytes.length - 1] : undefined;
    // Every machine that Node runs on is little-endian.
    if (bytes.length > 1) yield new Int16Array(bytes.buffer, 0, bytes.length >> 1);
  }
}
