// Liquid state machine: leaky neurons that spike, their weights random and not trained, and a linear read-out of two traces of the spikes.
// W. Maass, T. Natschlaeger, H. Markram 2002, "Real-time computing without stable states", Neural Computation 14(11):2531-2560.
//   v = (1 − s) ∘ max(−1, leak ∘ v + V x + W (p ∘ s) + b)    s' = 1 where v ≥ θ, else 0    v' = (1 − s') ∘ v
//   f' = φ ∘ f + s'    g' = γ ∘ g + s'    y = F f' + G g' + c
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
const phi = vector(neurons); // not trained
const gamma = vector(neurons); // not trained
const F = matrix(units, neurons);
const G = matrix(units, neurons);
const c = vector(units);
const s = state(neurons);
const v = state32(neurons);
const f = state(neurons);
const g = state(neurons);

export function step(x: Vector): Vector {
  const current = recurrent(V, x, W, multiply(p, s), b);
  const charged = multiplyAdd(leak, v, current);
  const above = add(charged, one);
  const lifted = relu(above);
  const kept = add(lifted, less);
  const awake = multiply(kept, multiplyAdd(less, s, one));
  const spikes = set(s, fires(awake, theta));
  set(v, multiply(awake, multiplyAdd(less, spikes, one)));
  set(f, multiplyAdd(phi, f, spikes));
  set(g, multiplyAdd(gamma, g, spikes));
  return recurrent(F, f, G, g, c);
}
