/* Values of either kind, int16 or int32, and what ops do with them where not all are int16: plain C, one definition for all kernel
   sets, exact in 64 bits. docs/arithmetic.md defines every result. */
#ifndef EN_WIDE_H
#define EN_WIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "container.h"

typedef struct en_values {
  void *at;
  uint8_t kind; /* EN_KIND_INT16 or EN_KIND_INT32 */
} en_values;

static inline uint32_t en_value_bytes(uint8_t kind) { return 1u << kind; }

int64_t en_wide_get(en_values v, size_t i);

/* v[i] = value · 2^−shift, rounded half up and saturated. */
void en_wide_put(en_values v, size_t i, int64_t value, int shift);

/* An element-wise op: y = scale(first · 2^up + second · 2^up_second, shift). What first and second are, the op says.
   `in` has three, those that the op has not being any others. False if a sum could leave 64 bits. */
bool en_wide_elements(uint8_t op, const en_values in[3], en_values y, size_t rows, int up, int up_second, int shift);

/* The same for kernels: int16 whose sums leave 32 bits, within the shifts of kernels.h. */
void en_wide_shorts(uint8_t op, const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up, int up_second,
                    int shift);

/* y = tanh(a) in Q24, a in any format. False if that leaves 64 bits. */
bool en_wide_tanh(en_values a, int32_t *y, size_t rows, int format);

/* Whether a[0] is greater than b[0], which has `finer` more fraction bits; −1 if they cannot be compared in 64 bits. */
int en_wide_exceeds(en_values a, en_values b, int finer);

/* The finalizer of A. Appleby's MurmurHash3: every bit of x turns half of the result's. */
uint32_t en_mixed(uint32_t x);

/* A matrix of int8, int16 or int32 by row, or a seeded one, and the vector that it multiplies. */
typedef struct en_wide_term {
  const void *matrix;
  uint8_t kind;
  en_values vector;
  size_t columns;
} en_wide_term;

/* y = (b · 2^s + Σ W x · 2^(s − s of the matrix)) · 2^−s, s the greatest of the terms'. `constants`: b, then s for each matrix, by row.
   False if a sum could leave 64 bits. */
bool en_wide_products(const en_wide_term *terms, int count, const int32_t *constants, en_values y, size_t rows);

#endif
