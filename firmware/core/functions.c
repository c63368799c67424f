#include "functions.h"

int64_t en_scale(int64_t value, int shift) {
  return shift > 0 ? (value + ((int64_t)1 << (shift - 1))) >> shift : value * ((int64_t)1 << -shift);
}

uint32_t en_exp2(uint32_t t) {
  /* 2^−f for 0 ≤ f < 1 in Q20, a polynomial fitted by least squares at Chebyshev's points, 1 at 0. */
  const int32_t f = t & 2047;
  int32_t p = 7231;
  p = -55940 + (p * f >> 11);
  p = 251166 + (p * f >> 11);
  p = -726743 + (p * f >> 11);
  p = (1 << 20) + (int32_t)((int64_t)p * f >> 11);
  const uint32_t down = 5 + (t >> 11);
  return ((uint32_t)p + (1u << (down - 1))) >> down;
}

int32_t en_log2(uint32_t v) {
  uint32_t whole = 0;
  while (v >> whole > 1) whole++;
  uint32_t x = whole > 15 ? v >> (whole - 15) : v << (15 - whole), y = whole << 12;
  for (uint32_t bit = 1 << 11; bit; bit >>= 1) { /* squaring doubles the logarithm: its next digit is whether 2 is passed */
    x = x * x >> 15;
    if (x >> 16) {
      x >>= 1;
      y |= bit;
    }
  }
  return (int32_t)((y + 1) >> 1);
}

uint32_t en_sqrt(uint64_t v) {
  uint64_t root = 0;
  for (uint64_t bit = (uint64_t)1 << 62; bit; bit >>= 2) {
    const uint64_t tried = root + bit;
    root >>= 1;
    if (v >= tried) {
      v -= tried;
      root += bit;
    }
  }
  return (uint32_t)root;
}

int32_t en_ratio(uint64_t num, uint64_t den) {
  if (num >= den) return den ? 32767 : 0;
  while (den >> 16) {
    den >>= 1;
    num >>= 1;
  }
  const uint32_t n = (uint32_t)num, d = (uint32_t)den, y = ((n << 15) + d / 2) / d;
  return y > 32767 ? 32767 : (int32_t)y;
}
