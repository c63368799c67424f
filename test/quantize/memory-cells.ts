// Small cells that use ops of memories, for tests: their sources, compiled, with random parameters, as integers.
import { FloatNetwork } from "../../host/autodiff/float-network.ts";
import type { FloatLayer } from "../../host/compile/cell.ts";
import { compileSource } from "../../host/compile/compile.ts";
import { type Assembled, assemble } from "../../host/quantize/assemble.ts";
import { opNames } from "../../host/spec/ops.ts";
import { generator, randomLayer } from "../cells/reference.ts";

const declared = ["matrix", "vector", "state", "state8", "state32", "size", "option", "units", "inputs", "Vector"];

/** A cell of that text, which needs no import. */
export function cellOf(name: string, text: string) {
  const used = [...declared, ...opNames].filter((each) => new RegExp(`\\b${each}\\b`).test(text));
  return compileSource(`import { ${used.join(", ")} } from "#ops";\n${text}`, `${name}.ts`);
}

/** Erases and writes where content, turned and sharpened, says, and reads there. */
const turing = `
const slots = size("slots", 6);
const Wk = matrix(units, inputs); const bk = vector(units);
const Wb = matrix(1, inputs); const bb = vector(1);
const Ws = matrix(3, inputs); const bs = vector(3);
const We = matrix(units, inputs); const be = vector(units);
const Wa = matrix(units, inputs); const ba = vector(units);
const one = vector(1); const gamma = vector(1);
const M = state(slots, units);
export function step(x: Vector): Vector {
  const beta = softplus(affine(Wb, x, bb));
  const found = softmax(cosine(M, tanh(affine(Wk, x, bk))), beta);
  const turned = shift(found, softmax(affine(Ws, x, bs), one));
  const w = power(turned, gamma);
  erase(M, w, sigmoid(affine(We, x, be)));
  outer(M, w, tanh(affine(Wa, x, ba)));
  return weightedRows(M, w);
}`;

/** Usage, allocation, links from each place to what was written after it. */
const linked = `
const Wg = matrix(1, inputs); const bg = vector(1);
const Wr = matrix(units, inputs); const br = vector(units);
const ones = vector(units); const one = vector(1); const decay = vector(units);
const u = state(units); const p = state(units); const L = state(units, units);
export function step(x: Vector): Vector {
  const free = multiply(u, decay);
  const w = multiply(spread(sigmoid(affine(Wg, x, bg)), free), allocation(free));
  set(u, blend(w, ones, free));
  link(L, w, p);
  set(p, w);
  const r = softmax(affine(Wr, x, br), one);
  return add(rowsDot(L, r), weightedRows(L, r));
}`;

/** The same links, of each place the greatest two. */
const sparse = `
const Wg = matrix(1, inputs); const bg = vector(1);
const Wr = matrix(units, inputs); const br = vector(units);
const ones = vector(units); const one = vector(1); const decay = vector(units);
const u = state(units); const p = state(units); const S = state(units, 4);
export function step(x: Vector): Vector {
  const free = multiply(u, decay);
  const w = multiply(spread(sigmoid(affine(Wg, x, bg)), free), allocation(free));
  set(u, blend(w, ones, free));
  sparseLink(S, w, p);
  set(p, w);
  const r = softmax(affine(Wr, x, br), one);
  return add(sparseRowsDot(S, r), sparseWeightedRows(S, r));
}`;

/** A stack of vectors: takes, puts, reads a unit. */
const stack = `
const depth = size("depth", 24);
const Wd = matrix(1, inputs); const bd = vector(1);
const Wu = matrix(1, inputs); const bu = vector(1);
const Wv = matrix(units, inputs); const bv = vector(units);
const ones = vector(units);
const s = state(depth); const V = state(depth, units);
export function step(x: Vector): Vector {
  pop(s, sigmoid(affine(Wu, x, bu)));
  const at = free(s);
  erase(V, at, ones);
  outer(V, at, tanh(affine(Wv, x, bv)));
  const strength = sigmoid(affine(Wd, x, bd));
  const pushed = multiply(at, spread(strength, s));
  set(s, add(s, pushed));
  const uppermost = top(s);
  return weightedRows(V, uppermost);
}`;

/** Learns signs of its input by Hebb's rule, forgets some, and goes on from what it recognizes. Whole numbers throughout. */
const hopfield = `
const t = vector(units); const rates = vector(units);
const W = state8(units, units);
const s = state(units);
export function step(x: Vector): Vector {
  const p = signs(x, s);
  outer(W, p, p);
  const field = rowsDot(W, x);
  set(s, signs(field, s));
  sweep(s, W, t);
  erase(W, rates, rates);
  const seen = weightedRows(W, s);
  return add(s, seen);
}`;

/** Fires at random. */
const noisy = `
const W = matrix(units, inputs); const b = vector(units); const zero = vector(units);
const r = state32(units); const A = state(units); const T = state(units); const half = vector(1);
export function step(x: Vector): Vector {
  random(r);
  const noise = logit(r);
  set(A, affine(W, x, b));
  return fires(add(thin(T, A, r, half), noise), zero);
}`;

/** Reads symbols. */
const reader = `
const symbols = size("symbols", 11);
const E = matrix(symbols, units);
const U = matrix(units, units); const W = matrix(units, units); const b = vector(units);
const h = state(units);
export function step(x: Vector): Vector {
  const seen = embed(E, x);
  return set(h, tanh(recurrent(W, seen, U, h, b)));
}`;

export const sources = { turing, linked, sparse, stack, hopfield, noisy, reader };

export type Trial = {
  source: string;
  units: number;
  inputs: number;
  inputFormat: number;
  /** Of parameters that are not random. */
  values?: Record<string, (random: number) => number>;
  numbers?: FloatLayer["numbers"];
  /** A frame, of random numbers of 0 … 1, in units of 1. */
  frame: (random: () => number) => number[];
};

const uniform = (count: number) => (random: () => number) => Array.from({ length: count }, () => 4 * random() - 2);
const whole = (most: number) => (random: () => number) => [Math.floor(random() * most)];

export const trials: Record<keyof typeof sources, Trial> = {
  turing: {
    ...{ source: turing, units: 5, inputs: 4, inputFormat: 13, frame: uniform(4) },
    values: { one: () => 1, gamma: () => 1.5, bb: () => 1, Wb: (v) => v / 4 },
  },
  sparse: {
    ...{ source: sparse, units: 6, inputs: 4, inputFormat: 13, frame: uniform(4) },
    values: { ones: () => 1, one: () => 1, decay: (v) => 0.8 + 0.2 * v },
  },
  linked: {
    ...{ source: linked, units: 6, inputs: 4, inputFormat: 13, frame: uniform(4) },
    values: { ones: () => 1, one: () => 1, decay: (v) => 0.8 + 0.2 * v },
  },
  stack: {
    ...{ source: stack, units: 4, inputs: 4, inputFormat: 13, frame: uniform(4) },
    values: { ones: () => 1, bd: () => -0.3, bu: () => 0.5, Wd: (v) => v / 4, Wu: (v) => v / 4 },
  },
  hopfield: {
    ...{ source: hopfield, units: 7, inputs: 7, inputFormat: 0 },
    numbers: { formats: { t: 0, s: 0, rates: 0, field: 0 }, sites: { field: "int32" } },
    values: { t: (v) => Math.sign(v), rates: (v) => Number(v > 0) },
    frame: (random) => Array.from({ length: 7 }, () => Math.floor(random() * 7) - 3),
  },
  noisy: {
    ...{ source: noisy, units: 6, inputs: 4, inputFormat: 13, frame: uniform(4) },
    numbers: { formats: { A: 11, T: 11 } },
    values: { zero: () => 0, half: () => 0.5 },
  },
  reader: { ...{ source: reader, units: 7, inputs: 1, inputFormat: 8, frame: whole(11) } },
};

export type Made = Assembled & { layer: FloatLayer; frames: Int16Array[]; exact: Float32Array[] };

/** A trial with random parameters: its integers, calibrated over 200 frames of its own, the frames, and what floats make of them. */
export async function made(name: string, trial: Trial, change: Partial<FloatLayer> = {}): Promise<Made> {
  const random = generator(41);
  const cell = await cellOf(name, trial.source);
  const { units, inputs, numbers } = trial;
  const layer = { ...randomLayer(cell, { units, inputs }, random, 1), ...(numbers && { numbers }), ...change };
  cell.parameters.forEach((parameter, i) => {
    const value = trial.values?.[parameter.name];
    if (value) layer.parameters[i] = layer.parameters[i].map(value);
  });
  const unit = 2 ** trial.inputFormat;
  const frames = Array.from({ length: 200 }, () => Int16Array.from(trial.frame(random), (v) => Math.round(v * unit)));
  const network = new FloatNetwork([layer], 1);
  network.calibrate();
  const exact = frames.map((frame) => network.step(Float32Array.from(frame, (v) => v / unit)).slice());
  const options = { inputFormat: trial.inputFormat, ranges: network.ranges(), meta: { engram: "test" } };
  return { layer, frames, exact, ...assemble([layer], options) };
}
