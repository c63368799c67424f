/* Matrices by row, four rows at a time in assembler; portable C where there are fewer. */
#include "m0.h"
#include "portable.h"

/* What products.S reads and moves on, in this order. */
typedef struct rows_term {
  const void *entry; /* where to enter the loop over columns: it knows */
  size_t columns;
  const int16_t *vector;
  const int8_t *matrix;
} rows_term;

typedef struct en_rows_job {
  rows_term Wx, Uh;
  const int32_t *b;
  size_t array_bytes; /* of b, mW or mU */
  int16_t *y;
  size_t blocks;
} en_rows_job;

void en_m0_affine_rows(en_rows_job *);
void en_m0_recurrent_rows(en_rows_job *);

static rows_term term_from(const en_term *term, size_t row) {
  return (rows_term){NULL, term->columns, term->vector, term->matrix + row * term->columns};
}

/* `blocks` of four rows from `row` on. Uh: NULL for affine. */
static void run(const en_term *Wx, const en_term *Uh, const int32_t *constants, int16_t *y, size_t rows, size_t row, size_t blocks) {
  en_rows_job job = {.Wx = term_from(Wx, row), .b = constants + row, .array_bytes = rows * sizeof *constants, .y = y + row,
                     .blocks = blocks};
  if (Uh) {
    job.Uh = term_from(Uh, row);
    en_m0_recurrent_rows(&job);
  } else {
    en_m0_affine_rows(&job);
  }
}

/* Rows that are left over go with those before them, once more. */
static void run_all(const en_term *Wx, const en_term *Uh, const int32_t *constants, int16_t *y, size_t rows) {
  run(Wx, Uh, constants, y, rows, 0, rows / 4);
  if (rows % 4) run(Wx, Uh, constants, y, rows, rows - 4, 1);
}

void en_m0_affine(const en_term *Wx, const int32_t *constants, int16_t *y, size_t rows) {
  if (rows < 4) en_portable_affine(Wx, constants, y, rows);
  else run_all(Wx, NULL, constants, y, rows);
}

void en_m0_recurrent(const en_term *Wx, const en_term *Uh, const int32_t *constants, int16_t *y, size_t rows) {
  if (rows < 4) en_portable_recurrent(Wx, Uh, constants, y, rows);
  else run_all(Wx, Uh, constants, y, rows);
}
