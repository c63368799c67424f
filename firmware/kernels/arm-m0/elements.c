/* Which of the short forms an element-wise op can take: all sums within 32 bits (elements.S and below). Others go to portable C. */
#include <string.h>

#include "activations.h"
#include "m0.h"
#include "portable.h"

void en_m0_multiply_short(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift);
void en_m0_multiply_add_before(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int shift, int up);
void en_m0_multiply_add_after(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int shift, int up);
size_t en_m0_blend_same(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows);
void en_m0_sigmoid_table(const int16_t *a, int16_t *y, size_t rows, const int32_t *table);
void en_m0_tanh_table(const int16_t *a, int16_t *y, size_t rows, const int32_t *table);

static int16_t saturated(int32_t value) { return (int16_t)(value > 32767 ? 32767 : value < -32768 ? -32768 : value); }

/* |a · b| ≤ 2^30, and half ≤ 2^29. */
void en_m0_multiply(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift) {
  if (rows > 0 && shift >= 1 && shift <= 30) en_m0_multiply_short(a, b, y, rows, shift);
  else en_portable_multiply(a, b, y, rows, shift);
}

/* c · 2^up_c is at most 2^29 before the shift; or, as a multiple of 2^shift, is added after it. */
void en_m0_multiply_add(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up_product, int up_c,
                        int shift) {
  if (rows > 0 && up_product == 0 && shift >= 1 && shift <= 29 && up_c < shift && up_c <= 14) {
    en_m0_multiply_add_before(a, b, c, y, rows, shift, up_c);
  } else if (rows > 0 && up_product == 0 && shift >= 1 && shift <= 30 && up_c >= shift && up_c - shift <= 14) {
    en_m0_multiply_add_after(a, b, c, y, rows, shift, up_c - shift);
  } else {
    en_portable_multiply_add(a, b, c, y, rows, up_product, up_c, shift);
  }
}

void en_m0_blend(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift) {
  const size_t left = rows > 0 && up_a == 0 && up_b == 0 && shift == 15 ? en_m0_blend_same(z, a, b, y, rows) : rows;
  const size_t done = rows - left;
  if (left > 0) en_portable_blend(z + done, a + done, b + done, y + done, left, up_a, up_b, shift);
}

/* |a · 2^up_a + b · 2^up_b + half| ≤ 2^29 + 2^29 + 2^29 */
void en_m0_add(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift) {
  if (up_a > 14 || up_b > 14 || shift < 0 || shift > 30) {
    en_portable_add(a, b, y, rows, up_a, up_b, shift);
    return;
  }
  const int32_t half = (1 << shift) >> 1;
  for (size_t i = 0; i < rows; i++) y[i] = saturated((a[i] * (1 << up_a) + b[i] * (1 << up_b) + half) >> shift);
}

/* Shifting by 17 or more to the right gives 0; after 16 to the left everything but 0 is saturated. */
void en_m0_convert(const int16_t *a, int16_t *y, size_t rows, int shift) {
  if (shift == 0) {
    if (a != y) memcpy(y, a, rows * sizeof *a);
  } else if (shift > 0) {
    if (shift > 17) shift = 17;
    const int32_t half = 1 << (shift - 1);
    for (size_t i = 0; i < rows; i++) y[i] = (int16_t)((a[i] + half) >> shift);
  } else {
    const int32_t raise = 1 << (shift < -16 ? 16 : -shift);
    for (size_t i = 0; i < rows; i++) y[i] = saturated(a[i] * raise);
  }
}

/* The argument is saturated where docs/arithmetic.md limits its magnitude, which is the same. */
void en_m0_sigmoid(const int16_t *a, int16_t *y, size_t rows, int shift) {
  if (shift != 0) en_m0_convert(a, y, rows, shift);
  if (rows > 0) en_m0_sigmoid_table(shift != 0 ? y : a, y, rows, en_sigmoid_table);
}

void en_m0_tanh(const int16_t *a, int16_t *y, size_t rows, int shift) {
  if (shift != 0) en_m0_convert(a, y, rows, shift);
  if (rows > 0) en_m0_tanh_table(shift != 0 ? y : a, y, rows, en_tanh_table);
}
