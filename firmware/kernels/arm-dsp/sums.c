/* Sums that a state keeps: blocks of four rows to assembler, the rest by row. Unsigned, since a file's module may let them wrap. */
#include "dsp.h"

void en_dsp_add_column(const int8_t *column, int value, int32_t *sums, size_t fours);

void en_dsp_accumulate(const int8_t *W, const int16_t *d, size_t columns, int32_t *sums, size_t rows) {
  const size_t fours = rows / 4, stride = (rows + 3) & ~(size_t)3;
  for (const int16_t *const end = d + columns; d < end; d++, W += stride) {
    const int32_t value = *d;
    if (value == 0) continue;
    if (fours > 0) en_dsp_add_column(W, value, sums, fours);
    for (size_t i = 4 * fours; i < rows; i++) sums[i] = (int32_t)((uint32_t)sums[i] + (uint32_t)(W[i] * value));
  }
}
