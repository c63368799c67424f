/* Sums that a state keeps: blocks of four rows to assembler, the rest by row. Unsigned, since a file's module may let them wrap. */
#include "dsp.h"
#include "portable.h"

/* What sums.S reads, in this order. */
typedef struct en_columns {
  const int8_t *columns;
  const int16_t *d, *end;
  int32_t *sums;
  size_t fours, bytes;
} en_columns;

typedef struct en_sums {
  const int32_t *s, *v;
  int16_t *y;
  const int32_t *b, *mW, *mU;
  size_t twos;
} en_sums;

void en_dsp_affine_sums(const en_sums *);
void en_dsp_recurrent_sums(const en_sums *);
void en_dsp_add_columns(const en_columns *);
void en_dsp_change_twos(const int16_t *x, const int16_t *r, const int16_t *t, int16_t *y, size_t twos);
void en_dsp_add_twos(const int16_t *a, const int16_t *b, int16_t *y, size_t twos);

void en_dsp_accumulate(const int8_t *W, const int16_t *d, size_t columns, int32_t *sums, size_t rows) {
  const size_t fours = rows / 4, stride = (rows + 3) & ~(size_t)3;
  const en_columns job = {W, d, d + columns, sums, fours, stride};
  if (fours > 0) en_dsp_add_columns(&job);
  if (rows == stride && fours > 0) return;
  for (size_t column = 0; column < columns; column++, W += stride) {
    for (size_t i = 4 * fours; i < rows; i++) sums[i] = (int32_t)((uint32_t)sums[i] + (uint32_t)(W[i] * d[column]));
  }
}

void en_dsp_sums(const int32_t *s, const int32_t *v, const int32_t *constants, int16_t *y, size_t rows) {
  const en_sums job = {s, v, y, constants, constants + rows, constants + 2 * rows, rows / 2};
  if (rows % 2) en_portable_sums(s, v, constants, y, rows);
  else if (v) en_dsp_recurrent_sums(&job);
  else en_dsp_affine_sums(&job);
}

/* The last element of an odd number of them alone: what follows a parameter is not a vector's padding. */
void en_dsp_change(const int16_t *x, const int16_t *r, const int16_t *t, int16_t *y, size_t rows) {
  const size_t twos = rows / 2;
  if (twos > 0) en_dsp_change_twos(x, r, t, y, twos);
  if (rows % 2) en_portable_change(x + 2 * twos, r + 2 * twos, t + 2 * twos, y + 2 * twos, 1);
}

void en_dsp_add(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift) {
  if (up_a == 0 && up_b == 0 && shift == 0) en_dsp_add_twos(a, b, y, (rows + 1) / 2);
  else en_portable_add(a, b, y, rows, up_a, up_b, shift);
}
