/* Sums by row of each matrix, then these scaled and joined; some rows at a time. */
#include "mve.h"

enum { ROWS = 64 };

void en_mve_sums(const en_term *, size_t row, size_t rows, int32_t *sums);
void en_mve_scale(const int32_t *sums, const int32_t *b, int16_t *y, size_t rows, size_t constant_bytes);
void en_mve_scale_both(const int32_t *W, const int32_t *U, const int32_t *b, int16_t *y, size_t rows, size_t constant_bytes);

static size_t rows_from(size_t row, size_t rows) { return rows - row < ROWS ? rows - row : ROWS; }

void en_mve_affine(const en_term *Wx, const int32_t *constants, int16_t *y, size_t rows) {
  int32_t W[ROWS];
  for (size_t row = 0; row < rows; row += ROWS) {
    const size_t count = rows_from(row, rows);
    en_mve_sums(Wx, row, count, W);
    en_mve_scale(W, constants + row, y + row, count, rows * sizeof *constants);
  }
}

void en_mve_recurrent(const en_term *Wx, const en_term *Uh, const int32_t *constants, int16_t *y, size_t rows) {
  int32_t W[ROWS], U[ROWS];
  for (size_t row = 0; row < rows; row += ROWS) {
    const size_t count = rows_from(row, rows);
    en_mve_sums(Wx, row, count, W);
    en_mve_sums(Uh, row, count, U);
    en_mve_scale_both(W, U, constants + row, y + row, count, rows * sizeof *constants);
  }
}
