// Delta network of gated recurrent units: what hardly changed since it was last looked at costs nothing. D. Neil, J. H. Lee, T. Delbruck,
// S.-C. Liu 2017, "Delta Networks for Optimized Recurrent Network Computation", PMLR 70:2584-2593.
// For each gate g of z, r, n the products Xg = Wg x̂ and Hg = Ug ĥ are states; x̂ and ĥ are x and h as they last counted:
//   Δx = x − x̂ where |x − x̂| ≥ θx, else 0    x̂' = x̂ + Δx    Xg' = Xg + Wg Δx    and so for h, ĥ and Hg
//   z = σ(Xz + Hz + bz)    r = σ(Xr + Hr + br)    n = tanh(Xn + bn + r ∘ (Hn + cn))    h' = z ∘ h + (1 − z) ∘ n
// With both thresholds 0 it is the GRU. In integers the sums are exact: X = W x̂ at every step, however long it runs.
import {
  accumulate,
  add,
  affineSums,
  blend,
  change,
  inputs,
  matrix,
  multiplyAdd,
  recurrentSums,
  set,
  sigmoid,
  state,
  state32,
  tanh,
  units,
  Vector,
  vector,
} from "#ops";

const Wz = matrix(units, inputs);
const Uz = matrix(units, units);
const bz = vector(units);
const Wr = matrix(units, inputs);
const Ur = matrix(units, units);
const br = vector(units);
const Wn = matrix(units, inputs);
const bn = vector(units);
const Un = matrix(units, units);
const cn = vector(units);
const thetaX = vector(inputs); // not trained
const thetaH = vector(units); // not trained
const seenX = state(inputs);
const seenH = state(units);
const Xz = state32(units);
const Hz = state32(units);
const Xr = state32(units);
const Hr = state32(units);
const Xn = state32(units);
const Hn = state32(units);
const h = state(units);

export function step(x: Vector): Vector {
  const dx = change(x, seenX, thetaX);
  set(seenX, add(seenX, dx));
  accumulate(Xz, Wz, dx);
  accumulate(Xr, Wr, dx);
  accumulate(Xn, Wn, dx);
  const dh = change(h, seenH, thetaH);
  set(seenH, add(seenH, dh));
  accumulate(Hz, Uz, dh);
  accumulate(Hr, Ur, dh);
  accumulate(Hn, Un, dh);
  const z = sigmoid(recurrentSums(Wz, Xz, Uz, Hz, bz));
  const r = sigmoid(recurrentSums(Wr, Xr, Ur, Hr, br));
  const n = tanh(multiplyAdd(r, affineSums(Un, Hn, cn), affineSums(Wn, Xn, bn)));
  return set(h, blend(z, h, n));
}
