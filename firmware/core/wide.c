#include "wide.h"

/* Of sums: with the rounding they stay within 63. */
enum { ELEMENT_BITS = 62, SUM_BITS = 61 };

/* Bits of a magnitude. */
static int bits_of(en_values v) { return v.kind == EN_KIND_INT32 ? 31 : 15; }

static int64_t get(en_values v, size_t i) {
  return v.kind == EN_KIND_INT32 ? ((const int32_t *)v.at)[i] : ((const int16_t *)v.at)[i];
}

/* value · 2^−shift, rounded half up and saturated. */
static void put(en_values v, size_t i, int64_t value, int shift) {
  const int64_t most = v.kind == EN_KIND_INT32 ? INT32_MAX : INT16_MAX;
  value = shift > 0 ? (value + ((int64_t)1 << (shift - 1))) >> shift : value * ((int64_t)1 << -shift);
  if (value > most) value = most;
  if (value < -most - 1) value = -most - 1;
  if (v.kind == EN_KIND_INT32) ((int32_t *)v.at)[i] = (int32_t)value;
  else ((int16_t *)v.at)[i] = (int16_t)value;
}

static int most(int a, int b) { return a > b ? a : b; }

/* Whether sums of so many bits stay in 64 while they are shifted. */
static bool fits(int bits, int shift) {
  return bits <= ELEMENT_BITS && shift <= ELEMENT_BITS && bits - (shift < 0 ? shift : 0) <= ELEMENT_BITS;
}

bool en_wide_elements(uint8_t op, const en_values in[3], en_values y, size_t rows, int up, int up_second, int shift) {
  const int a = bits_of(in[0]), b = bits_of(in[1]), c = bits_of(in[2]);
  int bits = a;
  if (op == EN_OP_MULTIPLY) bits = a + b;
  if (op == EN_OP_MULTIPLY_ADD) bits = 1 + most(a + b + up, c + up_second);
  if (op == EN_OP_BLEND) bits = 17 + most(b + up, c + up_second);
  if (op == EN_OP_ADD) bits = 1 + most(a + up, b + up_second);
  if (!fits(bits, shift) || (op == EN_OP_BLEND && in[0].kind != EN_KIND_INT16)) return false;
  const int64_t raise = (int64_t)1 << up, raise_second = (int64_t)1 << up_second;
  for (size_t i = 0; i < rows; i++) {
    const int64_t u = get(in[0], i), v = get(in[1], i), w = get(in[2], i);
    int64_t sum = u;
    if (op == EN_OP_MULTIPLY) sum = u * v;
    if (op == EN_OP_MULTIPLY_ADD) sum = u * v * raise + w * raise_second;
    if (op == EN_OP_BLEND) sum = u * (v * raise) + (32768 - u) * (w * raise_second);
    if (op == EN_OP_ADD) sum = u * raise + v * raise_second;
    if (op == EN_OP_RELU && u < 0) sum = 0;
    put(y, i, sum, shift);
  }
  return true;
}

void en_wide_shorts(uint8_t op, const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up, int up_second,
                    int shift) {
  const en_values in[] = {
    {(void *)(uintptr_t)a, EN_KIND_INT16}, {(void *)(uintptr_t)b, EN_KIND_INT16}, {(void *)(uintptr_t)c, EN_KIND_INT16}};
  (void)en_wide_elements(op, in, (en_values){y, EN_KIND_INT16}, rows, up, up_second, shift);
}

int en_wide_exceeds(en_values a, en_values b, int finer) {
  const int up_a = finer > 0 ? finer : 0, up_b = finer < 0 ? -finer : 0;
  if (most(bits_of(a) + up_a, bits_of(b) + up_b) > ELEMENT_BITS) return -1;
  return get(a, 0) * ((int64_t)1 << up_a) > get(b, 0) * ((int64_t)1 << up_b);
}

static int64_t dot(const en_wide_term *term, size_t row) {
  int64_t sum = 0;
  const size_t from = row * term->columns;
  for (size_t i = 0; i < term->columns; i++) {
    const int64_t value = get(term->vector, i);
    sum += value * (term->kind == EN_KIND_INT16 ? ((const int16_t *)term->matrix)[from + i] : ((const int8_t *)term->matrix)[from + i]);
  }
  return sum;
}

/* Bits of a sum of at most EN_MODEL_COLUMNS products: 10 for their number. */
static int dot_bits(const en_wide_term *term) {
  return (term->kind == EN_KIND_INT16 ? 15 : 7) + bits_of(term->vector) + 10;
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
    const int64_t limit = (int64_t)1 << (SUM_BITS - 1 - shift);
    if (b >= limit || b < -limit) return false;
    int64_t sum = b * ((int64_t)1 << shift);
    for (int t = 0; t < count; t++) {
      const int up = shift - (int)constants[(size_t)(1 + t) * rows + row];
      if (dot_bits(&terms[t]) + up > SUM_BITS - 1) return false;
      sum += dot(&terms[t], row) * ((int64_t)1 << up);
    }
    put(y, row, sum, shift);
  }
  return true;
}
