/* Which of the short forms (elements.S) an element-wise op can take: all sums within 32 bits. Others go to core/wide.c. */
#include <stdbool.h>

#include "activations.h"
#include "dsp.h"
#include "portable.h"
#include "wide.h"

void en_dsp_multiply_short(const int16_t *a, const int16_t *b, int16_t *y, size_t fours, int shift);
void en_dsp_multiply_add_before(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t fours, int shift, int up);
void en_dsp_multiply_add_after(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t fours, int shift, int k);
void en_dsp_blend_short(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t fours, int shift);
int en_dsp_any_negative(const int16_t *a, size_t fours);
void en_dsp_copy(const int16_t *a, int16_t *y, size_t fours);
void en_dsp_halve(const int16_t *a, int16_t *y, size_t fours, int shift);
void en_dsp_double(const int16_t *a, int16_t *y, size_t fours, int times);
void en_dsp_sigmoid_table(const int16_t *a, int16_t *y, size_t fours, const int32_t *table);
void en_dsp_tanh_table(const int16_t *a, int16_t *y, size_t fours, const int32_t *table);

static size_t fours_of(size_t rows) { return (rows + 3) / 4; }

/* |a · b| ≤ 2^30, and half ≤ 2^29. */
void en_dsp_multiply(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift) {
  if (shift >= 1 && shift <= 30) en_dsp_multiply_short(a, b, y, fours_of(rows), shift);
  else en_wide_shorts(EN_OP_MULTIPLY, a, b, b, y, rows, 0, 0, shift);
}

/* c · 2^up_c is a multiple of 2^up_c, so that it can be added once the product has been shifted by that, or by all of `shift`. */
void en_dsp_multiply_add(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up_product, int up_c,
                         int shift) {
  if (up_product == 0 && shift >= 1 && shift <= 30 && up_c < shift) {
    en_dsp_multiply_add_before(a, b, c, y, fours_of(rows), shift, up_c);
  } else if (up_product == 0 && shift >= 1 && shift <= 30 && up_c >= shift && up_c - shift <= 14) {
    en_dsp_multiply_add_after(a, b, c, y, fours_of(rows), shift, 1 << (up_c - shift));
  } else {
    en_wide_shorts(EN_OP_MULTIPLY_ADD, a, b, c, y, rows, up_product, up_c, shift);
  }
}

/* For 0 ≤ z the sum is at most 2^30 in magnitude, and half 2^29. */
void en_dsp_blend(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift) {
  const bool plain = up_a == 0 && up_b == 0 && shift >= 1 && shift <= 30;
  if (plain && !en_dsp_any_negative(z, fours_of(rows))) en_dsp_blend_short(z, a, b, y, fours_of(rows), shift);
  else en_wide_shorts(EN_OP_BLEND, z, a, b, y, rows, up_a, up_b, shift);
}

/* `shift` is at least −19; after 16 doublings everything but 0 is saturated. */
void en_dsp_convert(const int16_t *a, int16_t *y, size_t rows, int shift) {
  if (shift == 0) en_dsp_copy(a, y, fours_of(rows));
  else if (shift > 16) en_portable_convert(a, y, rows, shift);
  else if (shift > 0) en_dsp_halve(a, y, fours_of(rows), shift);
  else en_dsp_double(a, y, fours_of(rows), -shift);
}

void en_dsp_sigmoid(const int16_t *a, int16_t *y, size_t rows, int shift) {
  if (shift != 0) en_dsp_convert(a, y, rows, shift);
  en_dsp_sigmoid_table(shift != 0 ? y : a, y, fours_of(rows), en_sigmoid_table);
}

void en_dsp_tanh(const int16_t *a, int16_t *y, size_t rows, int shift) {
  if (shift != 0) en_dsp_convert(a, y, rows, shift);
  en_dsp_tanh_table(shift != 0 ? y : a, y, fours_of(rows), en_tanh_table);
}
