// The integer ops: what a compiled cell's imports are bound to in V8, wasm to wasm. The file and its RAM lie in this
// module's memory; firmware/kernels holds the C twins.
export { sigmoid, tanh } from "./activations";
export { allocation, cosine, power, shift, softmax, softplus, spread } from "./addresses";
export { stopped } from "./arguments";
export { logit, random, signs, sweep, thin } from "./associations";
export { add, blend, change, exceeds, fires, multiply, multiplyAdd, relu, set } from "./elements";
export { embed, erase, link, outer, place, rowsDot, slice, weightedRows } from "./memory";
export { layer, open, piece, unused } from "./model";
export { affine, recurrent } from "./products";
export { sparseLink, sparseRowsDot, sparseWeightedRows } from "./sparse";
export { free, pop, top } from "./stacks";
export { accumulate, affineSums, recurrentSums, work } from "./sums";
