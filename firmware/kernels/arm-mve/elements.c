/* Which form (elements.S) an element-wise op can take: all sums within 32 bits. Others, which are rare, go to core/wide.c. */
#include "mve.h"
#include "wide.h"

void en_mve_multiply_add_before(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int minus_down,
                                int minus_rest);
void en_mve_multiply_add_after(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int minus_down, int k);
void en_mve_blend_before(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int minus_down, int minus_rest);
void en_mve_blend_after(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int minus_down, int k);
void en_mve_sum(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int32_t ka, int32_t kb, int left);

/* c · 2^up_c is a multiple of 2^up_c: it can be added once the product has been shifted by that, or, rounded, by all of `shift`; then
   |c · 2^(up_c − shift)| ≤ 2^29. */
void en_mve_multiply_add(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up_product, int up_c,
                         int shift) {
  if (up_product == 0 && up_c < shift) en_mve_multiply_add_before(a, b, c, y, rows, -up_c, up_c - shift);
  else if (up_product == 0 && shift >= 0 && up_c - shift <= 14) en_mve_multiply_add_after(a, b, c, y, rows, -shift, 1 << (up_c - shift));
  else en_wide_shorts(EN_OP_MULTIPLY_ADD, a, b, c, y, rows, up_product, up_c, shift);
}

/* z · a + (2^15 − z) · b = (z · a − z · b) + b · 2^15: the same with another product. */
void en_mve_blend(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift) {
  if (up_a == 0 && up_b == 0 && shift > 15) en_mve_blend_before(z, a, b, y, rows, -15, 15 - shift);
  else if (up_a == 0 && up_b == 0 && shift >= 1) en_mve_blend_after(z, a, b, y, rows, -shift, 1 << (15 - shift));
  else en_wide_shorts(EN_OP_BLEND, z, a, b, y, rows, up_a, up_b, shift);
}

void en_mve_add(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift) {
  if (up_a <= 14 && up_b <= 14) en_mve_sum(a, b, y, rows, 1 << up_a, 1 << up_b, -shift);
  else en_wide_shorts(EN_OP_ADD, a, b, b, y, rows, up_a, up_b, shift);
}
