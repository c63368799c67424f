/* Saturation and scaling, as docs/arithmetic.md defines them. */
#ifndef EN_FIXED_H
#define EN_FIXED_H

#include <stdint.h>

static inline int16_t saturate(int64_t value) {
  return value > 32767 ? 32767 : value < -32768 ? -32768 : (int16_t)value;
}

/* value · 2^−shift, rounded half up. Multiplication, since shifting a negative number left is undefined. */
static inline int64_t scale(int64_t value, int shift) {
  return shift > 0 ? (value + ((int64_t)1 << (shift - 1))) >> shift : value * ((int64_t)1 << -shift);
}

#endif
