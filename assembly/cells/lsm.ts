// Liquid state machine: leaky neurons that spike, their weights random and not trained, and a linear read-out of traces of the spikes,
// six to a neuron, which fade at different rates: a stream has no end from which one could count spikes by part of the word.
// W. Maass, T. Natschlaeger, H. Markram 2002, "Real-time computing without stable states", Neural Computation 14(11):2531-2560.
//   v = (1 − s) ∘ max(−1, leak ∘ v + V x + W (p ∘ s) + b)    s' = 1 where v ≥ θ, else 0    v' = (1 − s') ∘ v
//   fk' = φk ∘ fk + s'    y = Σ Fk fk' + c    k = 1 … 6
// A neuron that has just fired rests for a step; p is what a spike of a neuron weighs, below 0 of those that inhibit.
import {
  add,
  fires,
  inputs,
  matrix,
  multiply,
  multiplyAdd,
  recurrent,
  relu,
  set,
  size,
  state,
  state32,
  units,
  Vector,
  vector,
} from "#ops";

const neurons = size("neurons", 100);

const V = matrix(neurons, inputs); // not trained
const W = matrix(neurons, neurons); // not trained
const b = vector(neurons); // not trained
const p = vector(neurons); // not trained
const leak = vector(neurons); // not trained
const theta = vector(neurons); // not trained
const one = vector(neurons); // not trained
const less = vector(neurons); // not trained
const phi1 = vector(neurons); // not trained
const phi2 = vector(neurons); // not trained
const phi3 = vector(neurons); // not trained
const phi4 = vector(neurons); // not trained
const phi5 = vector(neurons); // not trained
const phi6 = vector(neurons); // not trained
const F1 = matrix(units, neurons);
const F2 = matrix(units, neurons);
const F3 = matrix(units, neurons);
const F4 = matrix(units, neurons);
const F5 = matrix(units, neurons);
const F6 = matrix(units, neurons);
const c = vector(units);
const zero = vector(units); // not trained
const s = state(neurons);
const v = state32(neurons);
const f1 = state(neurons);
const f2 = state(neurons);
const f3 = state(neurons);
const f4 = state(neurons);
const f5 = state(neurons);
const f6 = state(neurons);

export function step(x: Vector): Vector {
  const current = recurrent(V, x, W, multiply(p, s), b);
  const charged = multiplyAdd(leak, v, current);
  const above = add(charged, one);
  const lifted = relu(above);
  const kept = add(lifted, less);
  const awake = multiply(kept, multiplyAdd(less, s, one));
  const spikes = set(s, fires(awake, theta));
  set(v, multiply(awake, multiplyAdd(less, spikes, one)));
  set(f1, multiplyAdd(phi1, f1, spikes));
  set(f2, multiplyAdd(phi2, f2, spikes));
  set(f3, multiplyAdd(phi3, f3, spikes));
  set(f4, multiplyAdd(phi4, f4, spikes));
  set(f5, multiplyAdd(phi5, f5, spikes));
  set(f6, multiplyAdd(phi6, f6, spikes));
  const early = add(recurrent(F1, f1, F2, f2, c), recurrent(F3, f3, F4, f4, zero));
  return add(early, recurrent(F5, f5, F6, f6, zero));
}
