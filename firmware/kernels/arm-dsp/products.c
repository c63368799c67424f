/* Matrices in pairs go to assembler, those by row to portable C. */
#include "container.h"
#include "dsp.h"
#include "portable.h"

/* What products.S reads, in this order. */
typedef struct pairs_term {
  const int8_t *matrix;
  const int16_t *vector, *end;
  size_t quads;
} pairs_term;

typedef struct pairs_result {
  const int32_t *constants;
  size_t row_bytes; /* of an array of the constants */
  int16_t *y;
  size_t blocks;
} pairs_result;

typedef struct en_pairs_affine {
  pairs_term Wx;
  pairs_result result;
} en_pairs_affine;

typedef struct en_pairs_recurrent {
  pairs_term Wx, Uh;
  pairs_result result;
} en_pairs_recurrent;

void en_dsp_affine_pairs(const en_pairs_affine *);
void en_dsp_recurrent_pairs(const en_pairs_recurrent *);

static pairs_term term_of(const en_term *term) {
  const size_t quads = (term->columns + 3) / 4;
  return (pairs_term){term->matrix, term->vector, term->vector + 4 * quads, quads};
}

static pairs_result result_of(const int32_t *constants, int16_t *y, size_t rows) {
  return (pairs_result){constants, rows * sizeof *constants, y, (rows + 3) / 4};
}

void en_dsp_affine(const en_term *Wx, const int32_t *constants, int16_t *y, size_t rows) {
  if (Wx->kind != EN_KIND_INT8_PAIRS) {
    en_portable_affine(Wx, constants, y, rows);
    return;
  }
  const en_pairs_affine job = {term_of(Wx), result_of(constants, y, rows)};
  en_dsp_affine_pairs(&job);
}

void en_dsp_recurrent(const en_term *Wx, const en_term *Uh, const int32_t *constants, int16_t *y, size_t rows) {
  if (Wx->kind != EN_KIND_INT8_PAIRS) {
    en_portable_recurrent(Wx, Uh, constants, y, rows);
    return;
  }
  const en_pairs_recurrent job = {term_of(Wx), term_of(Uh), result_of(constants, y, rows)};
  en_dsp_recurrent_pairs(&job);
}
