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

/* Bits of a magnitude. */
static inline int en_value_bits(uint8_t kind) { return kind == EN_KIND_INT32 ? 31 : 15; }

static inline int64_t en_wide_get(en_values v, size_t i) {
  return v.kind == EN_KIND_INT32 ? ((const int32_t *)v.at)[i] : ((const int16_t *)v.at)[i];
}

/* Saturates. */
static inline void en_wide_put(en_values v, size_t i, int64_t value) {
  const int64_t most = v.kind == EN_KIND_INT32 ? INT32_MAX : INT16_MAX;
  if (value > most) value = most;
  if (value < -most - 1) value = -most - 1;
  if (v.kind == EN_KIND_INT32) ((int32_t *)v.at)[i] = (int32_t)value;
  else ((int16_t *)v.at)[i] = (int16_t)value;
}

/* value · 2^−shift, rounded half up. */
static inline int64_t en_wide_scale(int64_t value, int shift) {
  return shift > 0 ? (value + ((int64_t)1 << (shift - 1))) >> shift : value * ((int64_t)1 << -shift);
}

/* An element-wise op: y = scale(first · 2^up + second · 2^up_second, shift). What first and second are, the op says.
   False if a sum could leave 64 bits. */
bool en_wide_elements(uint8_t op, const en_values *in, en_values y, size_t rows, int up, int up_second, int shift);

/* A matrix, int8 or int16 by row, and the vector that it multiplies. */
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
