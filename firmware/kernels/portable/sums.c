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

void en_portable_sums(const int32_t *s, const int32_t *v, const int32_t *constants, int16_t *y, size_t rows) {
  const int32_t *b = constants, *mW = b + rows, *mU = mW + rows;
  for (size_t i = 0; i < rows; i++) {
    uint64_t sum = ((uint64_t)(int64_t)b[i] << 32) + (uint64_t)((int64_t)s[i] * mW[i]) + 0x80000000u;
    if (v) sum += (uint64_t)((int64_t)v[i] * mU[i]);
    y[i] = saturate_short((int32_t)(sum >> 32));
  }
}
