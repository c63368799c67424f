/* Saturation and scaling, as docs/arithmetic.md defines them. */
#ifndef EN_FIXED_H
#define EN_FIXED_H

#include <stdint.h>

static inline int16_t saturate_short(int32_t value) {
  return (int16_t)(value > 32767 ? 32767 : value < -32768 ? -32768 : value);
}

/* a · 2^−shift, rounded half up, for −19 ≤ shift ≤ 46. Beyond 2^15 times the result is out of range anyway, and beyond 2^17 parts 0. */
static inline int32_t rescaled(int16_t a, int shift) {
  if (shift <= 0) return a * (1 << (shift < -15 ? 15 : -shift));
  return shift > 17 ? 0 : (a + (1 << (shift - 1))) >> shift;
}

#endif
