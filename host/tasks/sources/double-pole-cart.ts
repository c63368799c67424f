// A cart on a track with two poles on hinges, and the runs by which whoever pushes it is judged. A. Wieland 1991, "Evolving neural network
// controllers for unstable systems", IJCNN; fitness and starts: F. Gruau, D. Whitley, L. Pyeatt 1996, "A comparison between cellular
// encoding and direct encoding for genetic neural networks", GP-96. No Math.sin or cos, so that a run is the same on every machine.
import { sinTurns } from "../../data/reproducible-math.ts";
import type { Episode } from "../../evolve/episode.ts";

/** Metres, metres a second, radians, radians a second: x, x', θ1, θ1', θ2, θ2'. */
export type Cart = Float64Array;

const gravity = -9.8;
const cartMass = 1;
/** Mass, and half the length. */
const poles = [
  { mass: 0.1, length: 0.5 },
  { mass: 0.01, length: 0.05 },
];
const hingeFriction = 2e-6;
/** Newtons at a result of 1, seconds of a step of Runge and Kutta's fourth order, such steps of an action. */
const [most, dt, stepsOfAction] = [10, 0.01, 2];
const fallen = { x: 2.4, angle: (36 * Math.PI) / 180 };

/** A cart at rest but for this. */
export const cartAt = (x: number, speed: number, angle: number, turning: number): Cart =>
  Float64Array.of(x, speed, angle, turning, 0, 0);

/** Fitness is measured from here. */
export const tilted = (): Cart => cartAt(0, 0, 0.07, 0);

/**
 * A cart for up to so many actions. The policy sees x and both angles, about −1 … 1 near the middle, and gives a force, −1 … 1.
 * @returns actions after which the poles still stood
 */
export function* balance(cart: Cart, actions: number, tell?: (cart: Cart) => void): Episode<number> {
  const frame = new Float32Array(3);
  for (let t = 0; t < actions; t++) {
    frame[0] = cart[0] / fallen.x;
    frame[1] = cart[2] / 0.1;
    frame[2] = cart[4] / 0.1;
    const [push] = yield frame;
    for (let i = 0; i < stepsOfAction; i++) move(cart, most * push);
    if (!stands(cart)) return t;
    tell?.(cart);
  }
  return actions;
}

const stands = ([x, , first, , second]: Cart): boolean =>
  Math.abs(x) <= fallen.x && Math.abs(first) <= fallen.angle && Math.abs(second) <= fallen.angle;

/** Gruau's: 0.1 of how long the poles stand, 0.9 of how little moves in the last 100 actions. `whole` if they stand to the end. */
export function* gruau(): Episode<{ fitness: number; whole: boolean }> {
  const [actions, judged] = [1000, 100];
  const restless = new Float64Array(actions);
  let told = 0;
  const stood = yield* balance(tilted(), actions, ([x, speed, angle, turning]) => {
    restless[told++] = Math.abs(x) + Math.abs(speed) + Math.abs(angle) + Math.abs(turning);
  });
  const sum = restless.subarray(Math.max(0, stood - judged), stood).reduce((all, value) => all + value, 0);
  const calm = stood < judged ? 0 : 0.75 / sum;
  return { fitness: (0.1 * stood) / actions + 0.9 * calm, whole: stood === actions };
}

/** Carts at all combinations of such fractions of the ranges of x, x', θ1 and θ1', the last fastest. */
export function starts(fractions: readonly number[]): Cart[] {
  const degrees = Math.PI / 180;
  const ranges = [2.16, 1.35, 3.6 * degrees, 8.6 * degrees];
  const count = fractions.length ** ranges.length;
  return Array.from({ length: count }, (_, i) => {
    const [x, speed, angle, turning] = ranges.map((range, k) => {
      const fraction = fractions[Math.floor(i / fractions.length ** (ranges.length - 1 - k)) % fractions.length];
      return range * (2 * fraction - 1);
    });
    return cartAt(x, speed, angle, turning);
  });
}

const [k1, k2, k3, k4, between] = Array.from({ length: 5 }, () => new Float64Array(6));

/** One step of Runge and Kutta. */
export function move(cart: Cart, force: number): void {
  change(cart, force, k1);
  for (let i = 0; i < 6; i++) between[i] = cart[i] + (dt / 2) * k1[i];
  change(between, force, k2);
  for (let i = 0; i < 6; i++) between[i] = cart[i] + (dt / 2) * k2[i];
  change(between, force, k3);
  for (let i = 0; i < 6; i++) between[i] = cart[i] + dt * k3[i];
  change(between, force, k4);
  for (let i = 0; i < 6; i++) cart[i] += (dt / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
}

// Time derivatives. With μ the friction of a hinge, for each pole
//   F̃ = m l θ'² sin θ + ¾ m cos θ (μ θ' / (m l) + g sin θ)    m̃ = m (1 − ¾ cos² θ)
//   x'' = (F + Σ F̃) / (M + Σ m̃)    θ'' = −¾ (x'' cos θ + g sin θ + μ θ' / (m l)) / l
function change(cart: Cart, force: number, to: Float64Array): void {
  let [pushing, mass] = [force, cartMass];
  for (let i = 0; i < 2; i++) {
    const { mass: m, length } = poles[i];
    const turning = cart[3 + 2 * i];
    const sine = sinTurns(cart[2 + 2 * i] / (2 * Math.PI));
    const cosine = sinTurns(cart[2 + 2 * i] / (2 * Math.PI) + 0.25);
    const friction = (hingeFriction * turning) / (m * length);
    pushing += m * length * turning * turning * sine + 0.75 * m * cosine * (friction + gravity * sine);
    mass += m * (1 - 0.75 * cosine * cosine);
    // x'' is missing until the sums are whole.
    to[2 + 2 * i] = turning;
    to[3 + 2 * i] = (-0.75 * (gravity * sine + friction)) / length;
    cosines[i] = cosine;
  }
  to[0] = cart[1];
  to[1] = pushing / mass;
  for (let i = 0; i < 2; i++) to[3 + 2 * i] -= (0.75 * to[1] * cosines[i]) / poles[i].length;
}
const cosines = new Float64Array(2);
