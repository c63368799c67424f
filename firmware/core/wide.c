#include "wide.h"

/* Bits of the sums below: with the rounding they stay within 63. */
enum { SUM_BITS = 61 };

static int most(int a, int b) { return a > b ? a : b; }

/* Whether sums of so many bits stay in 64 while they are shifted. */
static bool fits(int bits, int shift) { return bits <= SUM_BITS && shift <= SUM_BITS && bits - (shift < 0 ? shift : 0) <= SUM_BITS; }

bool en_wide_elements(uint8_t op, const en_values *in, en_values y, size_t rows, int up, int up_second, int shift) {
  const int a = en_value_bits(in[0].kind);
  int bits;
  switch (op) {
    case EN_OP_MULTIPLY: bits = a + en_value_bits(in[1].kind); break;
    case EN_OP_MULTIPLY_ADD: bits = 1 + most(a + en_value_bits(in[1].kind) + up, en_value_bits(in[2].kind) + up_second); break;
    case EN_OP_BLEND: bits = 17 + most(en_value_bits(in[1].kind) + up, en_value_bits(in[2].kind) + up_second); break;
    case EN_OP_ADD: bits = 1 + most(a + up, en_value_bits(in[1].kind) + up_second); break;
    default: bits = a; break;
  }
  if (!fits(bits, shift) || (op == EN_OP_BLEND && in[0].kind != EN_KIND_INT16)) return false;
  for (size_t i = 0; i < rows; i++) {
    const int64_t v = en_wide_get(in[0], i);
    int64_t sum;
    switch (op) {
      case EN_OP_MULTIPLY: sum = v * en_wide_get(in[1], i); break;
      case EN_OP_MULTIPLY_ADD:
        sum = v * en_wide_get(in[1], i) * ((int64_t)1 << up) + en_wide_get(in[2], i) * ((int64_t)1 << up_second);
        break;
      case EN_OP_BLEND:
        sum = v * (en_wide_get(in[1], i) * ((int64_t)1 << up)) + (32768 - v) * (en_wide_get(in[2], i) * ((int64_t)1 << up_second));
        break;
      case EN_OP_ADD: sum = v * ((int64_t)1 << up) + en_wide_get(in[1], i) * ((int64_t)1 << up_second); break;
      case EN_OP_RELU: sum = v > 0 ? v : 0; break;
      default: sum = v; break;
    }
    en_wide_put(y, i, en_wide_scale(sum, shift));
  }
  return true;
}

static int64_t dot(const en_wide_term *term, size_t row) {
  int64_t sum = 0;
  const size_t from = row * term->columns;
  for (size_t i = 0; i < term->columns; i++) {
    const int32_t weight =
      term->kind == EN_KIND_INT16 ? ((const int16_t *)term->matrix)[from + i] : ((const int8_t *)term->matrix)[from + i];
    sum += weight * en_wide_get(term->vector, i);
  }
  return sum;
}

/* Bits of a sum of at most EN_MODEL_COLUMNS products: 10 for their number. */
static int dot_bits(const en_wide_term *term) {
  return (term->kind == EN_KIND_INT16 ? 15 : 7) + en_value_bits(term->vector.kind) + 10;
}
_Static_assert(EN_MODEL_COLUMNS <= 1024, "10 bits");

bool en_wide_products(const en_wide_term *terms, int count, const int32_t *constants, en_values y, size_t rows) {
  for (size_t row = 0; row < rows; row++) {
    int shift = 0;
    for (int t = 0; t < count; t++) {
      const int32_t s = constants[(size_t)(1 + t) * rows + row];
      if (s < 0 || s >= SUM_BITS) return false;
      shift = most(shift, (int)s);
    }
    const int64_t b = constants[row];
    if (shift > 29 && (b >> (SUM_BITS - 1 - shift)) != 0 && (b >> (SUM_BITS - 1 - shift)) != -1) return false;
    int64_t sum = b * ((int64_t)1 << shift);
    for (int t = 0; t < count; t++) {
      const int up = shift - (int)constants[(size_t)(1 + t) * rows + row];
      if (dot_bits(&terms[t]) + up > SUM_BITS - 1) return false;
      sum += dot(&terms[t], row) * ((int64_t)1 << up);
    }
    en_wide_put(y, row, en_wide_scale(sum, shift));
  }
  return true;
}
