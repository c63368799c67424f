// The kernels of float training. All take byte addresses in this module's memory, which the host lays out (host/autodiff/memory.ts).
//
// A batch of vectors lies row by row, a sequence a row: rows padded to a multiple of 4, the stride (in floats) to a multiple
// of 8. What the padding holds is never read as a value, and gradients are zero there, so that kernels need no tails.
// Parameters have no padding. Nothing depends on the machine: no relaxed SIMD, no imported mathematics.
export * from "./ctc";
export * from "./elementwise";
export * from "./loss";
export * from "./measure";
export * from "./optimizer";
export * from "./pack";
export * from "./product";

/** The first byte that the host may use. */
export function heapBase(): usize {
  return __heap_base;
}
