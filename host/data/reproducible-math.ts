// Elementary functions made of + − × ÷ and sqrt alone, which IEEE 754 rounds the same everywhere. Math.exp, Math.log and
// Math.sin may round differently in another V8, and a last bit decides a sample: training data must not depend on that.

const LN2 = Math.LN2;

/** 2^x for −1000 ≤ x ≤ 1000, relative error below 1e-14. */
export function exp2(x: number): number {
  const whole = Math.round(x);
  const t = (x - whole) * LN2;
  let sum = 1;
  for (let n = 13; n > 0; n--) sum = 1 + (sum * t) / n;
  const factor = whole < 0 ? 0.5 : 2;
  for (let n = Math.abs(whole); n > 0; n--) sum *= factor;
  return sum;
}

/** Natural logarithm of x, 0 < x < ∞ and not subnormal, absolute error below 1e-14. */
export function ln(x: number): number {
  let exponent = 0;
  for (; x > Math.SQRT2; x *= 0.5) exponent++;
  for (; x < Math.SQRT1_2; x *= 2) exponent--;
  const s = (x - 1) / (x + 1);
  let sum = 0;
  for (let n = 21; n > 0; n -= 2) sum = sum * s * s + 1 / n;
  return 2 * s * sum + exponent * LN2;
}

/** sin(2π · turns) for |turns| < 2^40, absolute error below 1e-10 (plus that of the argument). */
export function sinTurns(turns: number): number {
  let t = turns - Math.round(turns); // −0.5 … 0.5
  if (t > 0.25) t = 0.5 - t;
  else if (t < -0.25) t = -0.5 - t;
  const angle = 2 * Math.PI * t;
  const square = angle * angle;
  let sum = 1;
  for (let n = 14; n > 0; n -= 2) sum = 1 - (sum * square) / (n * (n + 1));
  return angle * sum;
}
