#include "wide.h"

#include "functions.h"

/* Of sums: with the rounding they stay within 63. */
enum { ELEMENT_BITS = 62, SUM_BITS = 61 };

/* Bits of a magnitude. */
static int bits_of(en_values v) { return v.kind == EN_KIND_INT32 ? 31 : 15; }

int64_t en_wide_get(en_values v, size_t i) {
  return v.kind == EN_KIND_INT32 ? ((const int32_t *)v.at)[i] : ((const int16_t *)v.at)[i];
}

void en_wide_put(en_values v, size_t i, int64_t value, int shift) {
  const int64_t most = v.kind == EN_KIND_INT32 ? INT32_MAX : INT16_MAX;
  value = en_scale(value, shift);
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
  if (op == EN_OP_ADD || op == EN_OP_FIRES) bits = 1 + most(a + up, b + up_second);
  if (!fits(bits, shift) || (op == EN_OP_BLEND && in[0].kind != EN_KIND_INT16)) return false;
  const int64_t raise = (int64_t)1 << up, raise_second = (int64_t)1 << up_second;
  for (size_t i = 0; i < rows; i++) {
    const int64_t u = en_wide_get(in[0], i), v = en_wide_get(in[1], i), w = en_wide_get(in[2], i);
    int64_t sum = u;
    if (op == EN_OP_MULTIPLY) sum = u * v;
    if (op == EN_OP_MULTIPLY_ADD) sum = u * v * raise + w * raise_second;
    if (op == EN_OP_BLEND) sum = u * (v * raise) + (32768 - u) * (w * raise_second);
    if (op == EN_OP_ADD) sum = u * raise + v * raise_second;
    if (op == EN_OP_RELU && u < 0) sum = 0;
    if (op == EN_OP_FIRES) sum = u * raise >= v * raise_second;
    en_wide_put(y, i, sum, shift);
  }
  return true;
}

void en_wide_shorts(uint8_t op, const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up, int up_second,
                    int shift) {
  const en_values in[] = {
    {(void *)(uintptr_t)a, EN_KIND_INT16}, {(void *)(uintptr_t)b, EN_KIND_INT16}, {(void *)(uintptr_t)c, EN_KIND_INT16}};
  (void)en_wide_elements(op, in, (en_values){y, EN_KIND_INT16}, rows, up, up_second, shift);
}

/* tanh of t in Q26, 0 or more, to Q24: (1 − m) / (1 + m) with m = e^−2t = 2^−n · 2^g, |g| ≤ 1/2, by Taylor's polynomial of 2^g, and the
   quotient by Newton's iteration. All of Q30 but where it says. */
static int32_t tanh_of(int64_t t) {
  static const int32_t powers[] = {16377, 165394, 1431680, 10327387, 59597083, 257941248, 744261118, 1073741824}; /* (ln 2)^k / k! */
  const int64_t one = 1 << 30, most = (int64_t)12 << 26;
  const int64_t y = (t > most ? most : t) * 3098164009 >> 30; /* 2 t log2(e), Q26 */
  const int64_t n = (y + (1 << 25)) >> 26, g = ((n << 26) - y) * 16;
  int64_t p = powers[0];
  for (size_t k = 1; k < sizeof powers / sizeof *powers; k++) p = powers[k] + (p * g >> 30);
  const int64_t m = p >> n, d = one + m;
  int64_t r = 3031741620 - (2021161080 * d >> 31); /* 2 / d, which Newton's steps square the error of */
  for (int i = 0; i < 3; i++) r = r * (2 * one - (d * r >> 31)) >> 30;
  return (int32_t)(((one - m) * r + ((int64_t)1 << 36)) >> 37);
}

bool en_wide_tanh(en_values a, int32_t *y, size_t rows, int format) {
  const int shift = format - 26;
  if (!fits(bits_of(a), shift)) return false;
  for (size_t i = 0; i < rows; i++) {
    int64_t t = en_wide_get(a, i);
    const bool negative = t < 0;
    if (negative) t = -t;
    t = shift > 0 ? (t + ((int64_t)1 << (shift - 1))) >> shift : t * ((int64_t)1 << -shift);
    const int32_t found = tanh_of(t);
    y[i] = negative ? -found : found;
  }
  return true;
}

int en_wide_exceeds(en_values a, en_values b, int finer) {
  const int up_a = finer > 0 ? finer : 0, up_b = finer < 0 ? -finer : 0;
  if (most(bits_of(a) + up_a, bits_of(b) + up_b) > ELEMENT_BITS) return -1;
  return en_wide_get(a, 0) * ((int64_t)1 << up_a) > en_wide_get(b, 0) * ((int64_t)1 << up_b);
}

uint32_t en_mixed(uint32_t x) {
  x = (x ^ x >> 16) * 0x85EBCA6Bu;
  x = (x ^ x >> 13) * 0xC2B2AE35u;
  return x ^ x >> 16;
}

/* A weight of EN_KIND_INT8_PAIRS (docs/container.md), the layout of which kernels read more at a time. */
static int32_t paired(const int16_t *blocks, size_t row, size_t column, size_t columns) {
  const size_t block = row / 4 * ((columns + 3) / 4) + column / 4;
  const int16_t lane = blocks[8 * block + 2 * (column & 2) + (row & 2) + (column & 1)];
  const int8_t even = (int8_t)lane;
  return row & 1 ? (lane - even) / 256 : even;
}

/* A row by the vector, and the bits that such a sum can have: of the matrix's kind and at most 1024 columns, or of its own weights. */
static int64_t dot(const en_wide_term *term, size_t row, int *bits) {
  const en_seed *seed = term->matrix;
  const bool seeded = term->kind == EN_KIND_SEEDED;
  const size_t from = row * term->columns, count = seeded ? seed->degree : term->columns;
  uint64_t sum = 0, weights = 0;
  for (size_t i = 0; i < count; i++) {
    size_t column = i;
    int32_t weight;
    if (seeded) {
      const uint32_t drawn = en_mixed(seed->seed + ((uint32_t)row << 16) + (uint32_t)i);
      column = (drawn >> 16) * (uint32_t)term->columns >> 16;
      const uint32_t span = seed->positive ? seed->most : 2u * seed->most + 1u;
      weight = (int32_t)((drawn & 0xFFFF) * span >> 16) + (seed->positive ? 1 : -(int32_t)seed->most);
    } else if (term->kind == EN_KIND_INT8_PAIRS) {
      weight = paired(term->matrix, row, i, term->columns);
    } else if (term->kind == EN_KIND_INT32) {
      weight = ((const int32_t *)term->matrix)[from + i];
    } else {
      weight = term->kind == EN_KIND_INT16 ? ((const int16_t *)term->matrix)[from + i] : ((const int8_t *)term->matrix)[from + i];
    }
    sum += (uint64_t)(en_wide_get(term->vector, column) * weight);
    weights += (uint32_t)(weight < 0 ? -(int64_t)weight : weight);
  }
  *bits = (term->kind == EN_KIND_INT16 ? 15 : 7) + 10;
  if (term->kind == EN_KIND_INT32)
    for (*bits = 0; weights >> *bits; ++*bits) {}
  *bits += bits_of(term->vector);
  return (int64_t)sum;
}

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
      int bits;
      const int64_t term = dot(&terms[t], row, &bits);
      if (bits + up > SUM_BITS - 1) return false;
      sum += term * ((int64_t)1 << up);
    }
    en_wide_put(y, row, sum, shift);
  }
  return true;
}
