/* Element by element: exact, one rounding half up at the end, saturated. First what fits 32 bits, as it mostly does: many
   processors do 64-bit arithmetic by calls. */
#include "fixed.h"
#include "portable.h"

/* |a · b| ≤ 2^30, and half ≤ 2^29. */
void en_portable_multiply(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift) {
  if (shift < 1 || shift > 30) {
    for (size_t i = 0; i < rows; i++) y[i] = saturate(scale(a[i] * b[i], shift));
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
    const int64_t raise = (int64_t)1 << up_product, raise_c = (int64_t)1 << up_c;
    for (size_t i = 0; i < rows; i++) y[i] = saturate(scale(a[i] * b[i] * raise + c[i] * raise_c, shift));
    return;
  }
  const int32_t half = 1 << (shift - 1), raise = 1 << late;
  for (size_t i = 0; i < rows; i++) y[i] = saturate_short((((a[i] * b[i] + half) >> first) + c[i] * raise) >> rest);
}

/* For 0 ≤ z the sum is at most 2^30 in magnitude, and half 2^29; parts of it may wrap, so they are unsigned. */
void en_portable_blend(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift) {
  const int64_t raise_a = (int64_t)1 << up_a, raise_b = (int64_t)1 << up_b;
  const uint32_t half = shift > 0 ? 1u << ((shift - 1) & 31) : 0;
  const int short_sums = up_a == 0 && up_b == 0 && shift >= 1 && shift <= 30;
  for (size_t i = 0; i < rows; i++) {
    if (short_sums && z[i] >= 0) {
      const uint32_t sum = (uint32_t)(z[i] * a[i]) + (uint32_t)((32768 - z[i]) * b[i]) + half;
      y[i] = saturate_short((int32_t)sum >> shift);
    } else {
      y[i] = saturate(scale(z[i] * (a[i] * raise_a) + (32768 - z[i]) * (b[i] * raise_b), shift));
    }
  }
}

void en_portable_add(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift) {
  const int64_t raise_a = (int64_t)1 << up_a, raise_b = (int64_t)1 << up_b;
  for (size_t i = 0; i < rows; i++) y[i] = saturate(scale(a[i] * raise_a + b[i] * raise_b, shift));
}

void en_portable_convert(const int16_t *a, int16_t *y, size_t rows, int shift) {
  for (size_t i = 0; i < rows; i++) y[i] = saturate_short(rescaled(a[i], shift));
}
