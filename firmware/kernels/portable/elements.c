/* Element by element: exact, one rounding half up at the end, saturated. What fits 32 bits, as it mostly does, is here; many
   processors do 64-bit arithmetic by calls, and core/wide.c has it. */
#include "fixed.h"
#include "portable.h"
#include "wide.h"

/* |a · b| ≤ 2^30, and half ≤ 2^29. */
void en_portable_multiply(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift) {
  if (shift < 1 || shift > 30) {
    en_wide_shorts(EN_OP_MULTIPLY, a, b, b, y, rows, 0, 0, shift);
    return;
  }
  const int32_t half = 1 << (shift - 1);
  for (size_t i = 0; i < rows; i++) y[i] = saturate_short((a[i] * b[i] + half) >> shift);
}

/* c · 2^up_c is a multiple of 2^first, so that it can be added once the product has been shifted by that; then |c · 2^late| ≤ 2^29. */
void en_portable_multiply_add(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up_product,
                              int up_c, int shift) {
  const int first = up_c < shift ? up_c : shift, rest = shift - first, late = up_c - first;
  if (up_product != 0 || shift < 1 || shift > 30 || late > 14) {
    en_wide_shorts(EN_OP_MULTIPLY_ADD, a, b, c, y, rows, up_product, up_c, shift);
    return;
  }
  const int32_t half = 1 << (shift - 1), raise = 1 << late;
  for (size_t i = 0; i < rows; i++) y[i] = saturate_short((((a[i] * b[i] + half) >> first) + c[i] * raise) >> rest);
}

/* For 0 ≤ z the sum is at most 2^30 in magnitude, and half 2^29; parts of it may wrap, so they are unsigned. */
void en_portable_blend(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift) {
  size_t i = 0;
  if (up_a == 0 && up_b == 0 && shift >= 1 && shift <= 30) {
    const uint32_t half = 1u << (shift - 1);
    for (; i < rows && z[i] >= 0; i++) {
      const uint32_t sum = (uint32_t)(z[i] * a[i]) + (uint32_t)((32768 - z[i]) * b[i]) + half;
      y[i] = saturate_short((int32_t)sum >> shift);
    }
  }
  if (i < rows) en_wide_shorts(EN_OP_BLEND, z + i, a + i, b + i, y + i, rows - i, up_a, up_b, shift);
}

/* At most 2^29 + 2^29, and half 2^29. */
void en_portable_add(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift) {
  if (up_a > 14 || up_b > 14 || shift < 0 || shift > 30) {
    en_wide_shorts(EN_OP_ADD, a, b, b, y, rows, up_a, up_b, shift);
    return;
  }
  const int32_t half = (1 << shift) >> 1, raise_a = 1 << up_a, raise_b = 1 << up_b;
  for (size_t i = 0; i < rows; i++) y[i] = saturate_short((a[i] * raise_a + b[i] * raise_b + half) >> shift);
}

void en_portable_convert(const int16_t *a, int16_t *y, size_t rows, int shift) {
  for (size_t i = 0; i < rows; i++) y[i] = saturate_short(rescaled(a[i], shift));
}
