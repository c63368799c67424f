// The integer ops: what a compiled cell's imports are bound to in V8, wasm to wasm. The file and its RAM lie in this
// module's memory; firmware/kernels holds the C twins.
export { sigmoid, tanh } from "./activations";
export { add, blend, change, exceeds, fires, multiply, multiplyAdd, relu, set } from "./elements";
export { free, layer, open, piece } from "./model";
export { affine, recurrent } from "./products";
export { accumulate, affineSums, recurrentSums, work } from "./sums";
