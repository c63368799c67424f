/* Sums that a state keeps: a step adds the columns of what changed. Unsigned, since a file's module may let them wrap. */
#include "fixed.h"
#include "portable.h"

void en_portable_accumulate(const int8_t *W, const int16_t *d, size_t columns, int32_t *sums, size_t rows) {
  const size_t stride = (rows + 3) & ~(size_t)3;
  for (size_t column = 0; column < columns; column++, W += stride) {
    const int32_t value = d[column];
    if (value == 0) continue;
    for (size_t i = 0; i < rows; i++) sums[i] = (int32_t)((uint32_t)sums[i] + (uint32_t)(W[i] * value));
  }
}

/* The products and the half stay within 64 bits; b · 2^32 is added to what is above the lower 32. */
static int16_t rounded(int64_t sum, int32_t b) {
  return saturate_short((int32_t)((uint32_t)b + (uint32_t)((sum + 0x80000000) >> 32)));
}

void en_portable_sums(const int32_t *s, const int32_t *v, const int32_t *constants, int16_t *y, size_t rows) {
  const int32_t *b = constants, *mW = b + rows, *mU = mW + rows;
  if (!v) {
    for (size_t i = 0; i < rows; i++) y[i] = rounded((int64_t)s[i] * mW[i], b[i]);
    return;
  }
  for (size_t i = 0; i < rows; i++) y[i] = rounded((int64_t)s[i] * mW[i] + (int64_t)v[i] * mU[i], b[i]);
}

void en_portable_change(const int16_t *x, const int16_t *r, const int16_t *t, int16_t *y, size_t rows) {
  for (size_t i = 0; i < rows; i++) {
    const int32_t d = x[i] - r[i];
    y[i] = d >= t[i] || -d >= t[i] ? saturate_short(d) : 0;
  }
}
