// The front end and the decoder: the two integer ends of a model, with C twins in firmware/core. Sections are read in place;
// the caller gives RAM. Pointers are offsets into this module's memory, where everything from `free` on is the caller's.
export { decoderPush, decoderReset } from "./decoder";
export { frames, level, push, reset } from "./stream";

/** First byte that the module itself does not use, a multiple of 16. */
export function free(): usize {
  return (__heap_base + 15) & ~15;
}
