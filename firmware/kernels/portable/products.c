/* Matrix by vector: two int32 sums a row, joined in 64 bits, rounded once. */
#include "fixed.h"
#include "portable.h"

static const int64_t whole = 4294967296, half = 2147483648;

/* Row `row` of the matrix by the vector; columns ≤ 516 keep it within 32 bits. */
static int32_t dot(const en_term *term, size_t row) {
  const int8_t *w = term->matrix + row * term->columns;
  int32_t sum = 0;
  for (size_t i = 0; i < term->columns; i++) sum += w[i] * term->vector[i];
  return sum;
}

void en_portable_affine(const en_term *Wx, const int32_t *constants, int16_t *y, size_t rows) {
  const int32_t *b = constants, *m = b + rows;
  for (size_t i = 0; i < rows; i++) y[i] = saturate((b[i] * whole + (int64_t)dot(Wx, i) * m[i] + half) >> 32);
}

void en_portable_recurrent(const en_term *Wx, const en_term *Uh, const int32_t *constants, int16_t *y, size_t rows) {
  const int32_t *b = constants, *mW = b + rows, *mU = mW + rows;
  for (size_t i = 0; i < rows; i++) {
    y[i] = saturate((b[i] * whole + (int64_t)dot(Wx, i) * mW[i] + (int64_t)dot(Uh, i) * mU[i] + half) >> 32);
  }
}
