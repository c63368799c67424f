// The integer ops: what a compiled cell's imports are bound to in V8, wasm to wasm. The file and its RAM lie in this
// module's memory; firmware/kernels holds the C twins.
export { sigmoid, tanh } from "./activations";
export { add, blend, change, exceeds, fires, multiply, multiplyAdd, relu, set } from "./elements";
export {
  allocation,
  cosine,
  embed,
  erase,
  free,
  link,
  logit,
  outer,
  place,
  pop,
  power,
  random,
  rowsDot,
  shift,
  signs,
  slice,
  softmax,
  softplus,
  spread,
  stopped,
  sweep,
  top,
  weightedRows,
} from "./memory";
export { layer, open, piece, unused } from "./model";
export { affine, recurrent } from "./products";
export { accumulate, affineSums, recurrentSums, work } from "./sums";
