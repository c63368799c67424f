/* What a kernel set implements: the arithmetic of the ops and of the front end on buffers that the caller has checked.
   docs/arithmetic.md and docs/front-end.md define every result exactly; kernels/portable is the plainest reading of them.
   Vectors in RAM are aligned to 8 and readable up to the next multiple of 8 bytes; other vectors, and all constants, are aligned
   to 4, matrices to 16. An element-wise kernel's result may be one of its arguments; a product's never is. */
#ifndef EN_KERNELS_H
#define EN_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "frontend-layout.h"

/* A matrix and the int16 vector that it multiplies; columns at most 516. `kind` says how the matrix lies (docs/container.md):
   EN_KIND_INT8, or another of the set's `kinds`. */
typedef struct en_term {
  const int8_t *matrix;
  const int16_t *vector;
  size_t columns;
  uint8_t kind;
} en_term;

typedef struct en_kernels {
  const char *name; /* at most 15 letters: the set's folder */
  uint32_t kinds;   /* a bit for each kind of matrix that products take; EN_KIND_INT8 is always one */

  /* y = sat16((b · 2^32 + W x · m + 2^31) >> 32). `constants`: b, then m, int32 by row. */
  void (*affine)(const en_term *Wx, const int32_t *constants, int16_t *y, size_t rows);
  /* y = sat16((b · 2^32 + W x · mW + U h · mU + 2^31) >> 32). `constants`: b, then mW, then mU. */
  void (*recurrent)(const en_term *Wx, const en_term *Uh, const int32_t *constants, int16_t *y, size_t rows);

  /* sums += W d, in 32 bits that wrap. W lies in columns of `rows` up to a multiple of 4 (EN_KIND_INT8_COLUMNS); those where d is 0
     cost next to nothing. */
  void (*accumulate)(const int8_t *W, const int16_t *d, size_t columns, int32_t *sums, size_t rows);
  /* y = sat16((b · 2^32 + s · mW + v · mU + 2^31) >> 32), in 64 bits that wrap. `constants`: b, then mW, then mU; without `v` no mU. */
  void (*sums)(const int32_t *s, const int32_t *v, const int32_t *constants, int16_t *y, size_t rows);

  /* y = sat16(x − r) where that is at least t in magnitude before it saturates, else 0. */
  void (*change)(const int16_t *x, const int16_t *r, const int16_t *t, int16_t *y, size_t rows);

  /* Shifts: `up` to the left before the sum, `shift` to the right after it, rounding half up; negative goes left.
     up − min(shift, 0) ≤ 30, −15 ≤ shift ≤ 46. */
  void (*multiply)(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift);
  void (*multiply_add)(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up_product, int up_c,
                       int shift);
  void (*blend)(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift);
  void (*add)(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift);
  void (*convert)(const int16_t *a, int16_t *y, size_t rows, int shift);

  /* Q0.15 of an argument that is Q4.11 after shifting right by `shift`, −19 … 15. */
  void (*sigmoid)(const int16_t *a, int16_t *y, size_t rows, int shift);
  void (*tanh)(const int16_t *a, int16_t *y, size_t rows, int shift);

  /* The front end; `section` has passed en_frontend_check. Power spectrum of a window: `samples` aligned to 4; `spectrum` has room
     for fft int16. Leaves power[k], k = 1 … fft / 2 − 1, in spectrum[k]; |X[k]|² is power[k] · 2^(what it returns), in units of PCM. */
  int (*power)(const uint8_t *section, const int16_t *samples, uint32_t *spectrum);
  /* The features of a frame from such powers. */
  void (*bands)(const uint8_t *section, const uint32_t *power, int exponent, int16_t *frame);
  /* Counts samples in: their energy, their greatest magnitude, their number. */
  void (*level)(en_frontend_state *state, const int16_t *pcm, size_t samples);
} en_kernels;

/* The set that the firmware was built with. */
extern const en_kernels en_kernel_set;

#endif
