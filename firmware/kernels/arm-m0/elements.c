/* Which of the short forms an element-wise op can take: all sums within 32 bits (elements.S and below). Others go to core/wide.c. There is
   always at least one row. */
#include <string.h>

#include "activations.h"
#include "fixed.h"
#include "m0.h"
#include "portable.h"
#include "wide.h"

void en_m0_multiply_short(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift);
void en_m0_multiply_add_finer(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int32_t half, int first,
                              int rest);
void en_m0_multiply_add_coarser(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int32_t half,
                                int first, int late);
size_t en_m0_blend_same(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows);
void en_m0_sigmoid_table(const int16_t *a, int16_t *y, size_t rows, const int32_t *table);
void en_m0_tanh_table(const int16_t *a, int16_t *y, size_t rows, const int32_t *table);

/* |a · b| ≤ 2^30, and half ≤ 2^29. */
void en_m0_multiply(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift) {
  if (shift >= 1 && shift <= 30) en_m0_multiply_short(a, b, y, rows, shift);
  else en_wide_shorts(EN_OP_MULTIPLY, a, b, b, y, rows, 0, 0, shift);
}

/* c · 2^up_c is a multiple of 2^up_c and can be added once the product has been shifted by as much, or by all of the shift. */
void en_m0_multiply_add(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up_product, int up_c,
                        int shift) {
  if (up_product != 0 || shift < 1 || shift > 30 || up_c - shift > 14) {
    en_wide_shorts(EN_OP_MULTIPLY_ADD, a, b, c, y, rows, up_product, up_c, shift);
  } else if (up_c < shift) {
    en_m0_multiply_add_finer(a, b, c, y, rows, 1 << (shift - 1), up_c, shift - up_c);
  } else {
    en_m0_multiply_add_coarser(a, b, c, y, rows, 1 << (shift - 1), shift, up_c - shift);
  }
}

void en_m0_blend(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift) {
  const size_t left = up_a == 0 && up_b == 0 && shift == 15 ? en_m0_blend_same(z, a, b, y, rows) : rows;
  const size_t done = rows - left;
  if (left > 0) en_wide_shorts(EN_OP_BLEND, z + done, a + done, b + done, y + done, left, up_a, up_b, shift);
}

void en_m0_convert(const int16_t *a, int16_t *y, size_t rows, int shift) {
  if (shift != 0) en_portable_convert(a, y, rows, shift);
  else if (a != y) memcpy(y, a, rows * sizeof *a);
}

/* The argument is saturated where docs/arithmetic.md limits its magnitude, which is the same. */
void en_m0_sigmoid(const int16_t *a, int16_t *y, size_t rows, int shift) {
  if (shift != 0) en_m0_convert(a, y, rows, shift);
  en_m0_sigmoid_table(shift != 0 ? y : a, y, rows, en_sigmoid_table);
}

void en_m0_tanh(const int16_t *a, int16_t *y, size_t rows, int shift) {
  if (shift != 0) en_m0_convert(a, y, rows, shift);
  en_m0_tanh_table(shift != 0 ? y : a, y, rows, en_tanh_table);
}
