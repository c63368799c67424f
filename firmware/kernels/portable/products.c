/* Matrix by vector: int32 sums by row, joined in 64 bits, rounded once. Four rows share each value of the vector: processors without
   vector instructions spend most of a product on loads. */
#include "fixed.h"
#include "portable.h"

enum { ROWS = 4 };

/* b · 2^32 is a multiple of 2^32, so b can be added after the shift. The sum of all fits 64 bits (docs/arithmetic.md), so what is
   above its lower half fits 32. */
static const int64_t half = 2147483648;

/* Rows `row` to `row` + 3 of the matrix by the vector; columns ≤ 516 keep each sum within 32 bits. */
static void dot(const en_term *term, size_t row, int32_t sums[ROWS]) {
  const size_t columns = term->columns;
  const int8_t *w0 = term->matrix + row * columns, *w1 = w0 + columns, *w2 = w1 + columns, *w3 = w2 + columns;
  const int16_t *x = term->vector, *const end = x + columns, *const end_of_fours = x + columns / 4 * 4;
  int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
#define COLUMN(c)                                    \
  {                                                  \
    const int32_t value = x[c];                      \
    s0 += w0[c] * value, s1 += w1[c] * value;        \
    s2 += w2[c] * value, s3 += w3[c] * value;        \
  }
  for (; x < end_of_fours; x += 4, w0 += 4, w1 += 4, w2 += 4, w3 += 4) {
    COLUMN(0)
    COLUMN(1)
    COLUMN(2)
    COLUMN(3)
  }
  for (; x < end; x++, w0++, w1++, w2++, w3++) COLUMN(0)
#undef COLUMN
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
}

/* For matrices of fewer than four rows. */
static int32_t dot_row(const en_term *term, size_t row) {
  const int8_t *w = term->matrix + row * term->columns;
  int32_t sum = 0;
  for (size_t i = 0; i < term->columns; i++) sum += w[i] * term->vector[i];
  return sum;
}

static void dots(const en_term *term, size_t row, size_t count, int32_t sums[ROWS]) {
  if (count == ROWS) dot(term, row, sums);
  else for (size_t i = 0; i < count; i++) sums[i] = dot_row(term, row + i);
}

void en_portable_affine(const en_term *Wx, const int32_t *constants, int16_t *y, size_t rows) {
  const int32_t *b = constants, *m = b + rows;
  for (size_t row = 0; row < rows; row += ROWS) {
    const size_t count = rows - row < ROWS ? rows - row : ROWS;
    int32_t sums[ROWS];
    dots(Wx, row, count, sums);
    for (size_t i = 0; i < count; i++, b++, m++) *y++ = saturate_short(*b + (int32_t)(((int64_t)sums[i] * *m + half) >> 32));
  }
}

void en_portable_recurrent(const en_term *Wx, const en_term *Uh, const int32_t *constants, int16_t *y, size_t rows) {
  const int32_t *b = constants, *mW = b + rows, *mU = mW + rows;
  for (size_t row = 0; row < rows; row += ROWS) {
    const size_t count = rows - row < ROWS ? rows - row : ROWS;
    int32_t W[ROWS], U[ROWS];
    dots(Wx, row, count, W);
    dots(Uh, row, count, U);
    for (size_t i = 0; i < count; i++, b++, mW++, mU++) {
      *y++ = saturate_short(*b + (int32_t)(((int64_t)W[i] * *mW + (int64_t)U[i] * *mU + half) >> 32));
    }
  }
}
