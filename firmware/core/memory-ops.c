/* Ops of networks with a memory: matrices that are states, addresses into them, stacks, associations. Plain C for all kernel sets,
   exact in 64 bits; docs/arithmetic.md defines every result. A matrix lies row by row in a vector; the lengths of the others say how
   many rows it has. */
#include "memory-ops.h"

#include <string.h>

#include "functions.h"
#include "module.h"
#include "wide.h"

enum { MOST = 4 };

/* An op's site and arguments: values, lengths, fraction bits. */
typedef struct given {
  uint8_t op, kind, to_kind; /* the kind: of the first argument */
  int8_t to_format, format[MOST];
  const int16_t *from[MOST];
  int16_t *to;
  uint32_t rows, length[MOST];
  const en_record *in[MOST];
} given;

/* Bits for kinds, those of an op's result and arguments six bits each, from the lowest. */
enum {
  INT8 = 1 << EN_KIND_INT8, INT16 = 1 << EN_KIND_INT16, INT32 = 1 << EN_KIND_INT32,
  FIRST = 6, SECOND = 12, THIRD = 18, FOURTH = 24,
  SHORTS = INT16 << FOURTH | INT16 << THIRD | INT16 << SECOND | INT16 << FIRST | INT16,
};
/* How long a result is (host/spec/ops.ts); UPDATE: it is the first argument, a state, and nothing else may lie there. */
enum { SAME, AS_FIRST, AS_SECOND, QUOTIENT, OUTER, COLUMNS, UPDATE = 16 };
enum { ANY = EN_MODEL_FORMAT_LEAST - 1 };

/* What an op asks for, and what it does then. */
typedef struct facts {
  const void *(*body)(given *);
  uint32_t kinds;
  uint8_t length;
  int8_t format; /* of the result, or ANY */
} facts;

static bool lengths_fit(const given *g, const facts *f) {
  const uint32_t *length = g->length;
  switch (f->length & ~UPDATE) {
    case AS_SECOND: return length[1] == g->rows;
    case QUOTIENT: return length[0] == g->rows * length[1];
    case COLUMNS: return g->in[0]->columns == g->rows;
    case OUTER: return length[0] == g->rows && g->rows == length[1] * length[2];
    case SAME: if (en_ops[g->op].arguments > 1 && length[1] != g->rows) return false; /* fall through */
    default: return length[0] == g->rows;
  }
}

/* Within these every sum here stays in 64 bits: at most 2^16 products of two int16, or one of three. */
static bool shiftable(int shift) { return shift >= -16 && shift <= 60; }

static int16_t saturated(int64_t value) { return (int16_t)(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value); }

/* An element of a matrix of int8 or int16. */
static int32_t element(const int16_t *M, uint8_t kind, uint32_t i) {
  return kind == EN_KIND_INT8 ? ((const int8_t *)(const void *)M)[i] : M[i];
}

static void put(int16_t *M, uint8_t kind, uint32_t i, int64_t value) {
  if (kind == EN_KIND_INT8) ((int8_t *)(void *)M)[i] = (int8_t)(value > INT8_MAX ? INT8_MAX : value < INT8_MIN ? INT8_MIN : value);
  else M[i] = saturated(value);
}

/* Σ M[at + i · step] k[i]. */
static int64_t dot(const int16_t *M, uint8_t kind, uint32_t at, uint32_t step, const int16_t *k, uint32_t count) {
  int64_t sum = 0;
  if (kind == EN_KIND_INT8) {
    for (uint32_t i = 0; i < count; i++, at += step) sum += (int32_t)((const int8_t *)(const void *)M)[at] * k[i];
  } else {
    for (uint32_t i = 0; i < count; i++, at += step) sum += (int32_t)M[at] * k[i];
  }
  return sum;
}

/* M k, or Mᵀ k: rows_dot, weighted_rows. */
static const void *products(given *g) {
  const bool columns = g->op == EN_OP_WEIGHTED_ROWS;
  const uint32_t count = g->length[1];
  const int shift = g->format[0] + g->format[1] - g->to_format;
  if (!shiftable(shift)) return en_trap_format;
  for (uint32_t i = 0; i < g->rows; i++) {
    const int64_t sum = dot(g->from[0], g->kind, columns ? i : i * count, columns ? g->rows : 1, g->from[1], count);
    en_wide_put((en_values){g->to, g->to_kind}, i, sum, shift);
  }
  return NULL;
}

/* M as its a and b change it: outer, erase, link. */
static const void *rank_one(given *g) {
  const uint32_t columns = g->length[2];
  const bool links = g->op == EN_OP_LINK, erases = g->op == EN_OP_ERASE;
  const int product = g->format[1] + g->format[2], shift = erases ? product : product - g->to_format;
  if (links && g->length[1] != columns) return en_trap_handle;
  if (!shiftable(shift) || (links && g->format[1] != 15)) return en_trap_format;
  for (uint32_t i = 0, at = 0; at < g->rows; i++) {
    const int32_t a = g->from[1][i];
    if (a == 0 && !links) { /* nothing changes: of a stack this is so in all rows but one */
      at += columns;
      continue;
    }
    for (uint32_t j = 0; j < columns; j++, at++) {
      const int32_t old = element(g->to, g->kind, at), ab = a * g->from[2][j];
      int64_t kept = old;
      if (links) {
        const int32_t keep = 32768 - a - g->from[1][j];
        kept = en_scale((int64_t)(keep > 0 ? keep : 0) * old, 15);
      }
      const int64_t change = en_scale(erases ? (int64_t)ab * old : ab, shift);
      put(g->to, g->kind, at, links && i == j ? 0 : erases ? kept - change : kept + change);
    }
  }
  return NULL;
}

/* Rows of pairs, a weight and its column, as many rows as columns. 0 if its length is of none such. */
static uint32_t pairs_of(const given *g) {
  const uint32_t row = g->length[0] / g->length[1];
  return row * g->length[1] == g->length[0] && row % 2 == 0 ? row / 2 : 0;
}

static const void *sparse_link(given *g) {
  const uint32_t count = g->length[1], pairs = pairs_of(g);
  const int16_t *w = g->from[1], *p = g->from[2];
  const int shift = g->format[2];
  if (pairs == 0 || g->length[2] != count) return en_trap_handle;
  if (!shiftable(shift) || g->format[1] != 15) return en_trap_format;
  int16_t *row = g->to;
  for (uint32_t i = 0; i < count; i++, row += 2 * pairs) {
    for (uint32_t k = 0; k < 2 * pairs; k += 2) {
      const uint32_t column = (uint16_t)row[k + 1];
      if (column >= count) return en_trap_handle;
      const int32_t keep = 32768 - w[i] - w[column];
      const int64_t weight = en_scale((int64_t)(keep > 0 ? keep : 0) * row[k], 15) + en_scale(w[i] * p[column], shift);
      row[k] = row[k] > 0 && weight > 0 ? saturated(weight) : 0;
    }
    for (uint32_t j = 0; j < count && w[i] != 0; j++) {
      int32_t weight = j == i ? 0 : saturated(en_scale(w[i] * p[j], shift));
      uint32_t least = 0;
      for (uint32_t k = 0; k < 2 * pairs; k += 2) {
        if (row[k] > 0 && (uint16_t)row[k + 1] == j) weight = 0;
        if (row[k] < row[least]) least = k;
      }
      if (weight <= row[least]) continue;
      row[least] = (int16_t)weight;
      row[least + 1] = (int16_t)j;
    }
  }
  return NULL;
}

/* S r, or Sᵀ r. */
static const void *sparse_products(given *g) {
  const bool columns = g->op == EN_OP_SPARSE_WEIGHTED_ROWS;
  const uint32_t pairs = pairs_of(g);
  const int shift = 15 + g->format[1] - g->to_format;
  if (pairs == 0) return en_trap_handle;
  if (!shiftable(shift) || g->format[0] != 15) return en_trap_format;
  const int16_t *pair = g->from[0], *r = g->from[1];
  memset(g->to, 0, g->rows * sizeof *g->to);
  for (uint32_t i = 0; i < g->rows; i++) {
    for (uint32_t k = 0; k < pairs; k++, pair += 2) {
      const uint32_t column = (uint16_t)pair[1], to = columns ? column : i;
      if (column >= g->rows) return en_trap_handle;
      g->to[to] = saturated(g->to[to] + en_scale(pair[0] * r[columns ? i : column], shift));
    }
  }
  return NULL;
}

/* |v| + 2^−10, with 8 more fraction bits than v. */
static uint64_t norm(const int16_t *v, uint32_t count, int format) {
  const int least = format - 2; /* 2^−10 in such units */
  return (uint64_t)en_sqrt((uint64_t)dot(v, EN_KIND_INT16, 0, 1, v, count) << 16) + (1u << (least > 0 ? least : 0));
}

static const void *cosine(given *g) {
  const uint32_t count = g->length[1];
  const uint64_t of_k = norm(g->from[1], count, g->format[1]);
  const int16_t *row = g->from[0];
  for (uint32_t i = 0; i < g->rows; i++, row += count) {
    const int64_t sum = dot(row, EN_KIND_INT16, 0, 1, g->from[1], count);
    const int32_t found = en_ratio((uint64_t)(sum < 0 ? -sum : sum) << 16, norm(row, count, g->format[0]) * of_k);
    g->to[i] = (int16_t)(sum < 0 ? -found : found);
  }
  return NULL;
}

/* Each of the results, 0 … 32768 without a sign, by their sum. */
static const void *normalize(given *g) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < g->rows; i++) sum += (uint16_t)g->to[i];
  for (uint32_t i = 0; i < g->rows && sum; i++) {
    const uint32_t share = (((uint32_t)(uint16_t)g->to[i] << 15) + sum / 2) / sum; /* 30 bits: all of them count where shares are many */
    g->to[i] = (int16_t)(share < INT16_MAX ? share : INT16_MAX);
  }
  return NULL;
}

static int16_t power_of_two(int64_t t, int shift) {
  t = en_scale(t, shift);
  return (int16_t)(uint16_t)en_exp2(t < EN_DEEPEST ? (uint32_t)t : EN_DEEPEST);
}

static int32_t greatest(const int16_t *a, uint32_t count) {
  int32_t most = a[0];
  for (uint32_t i = 1; i < count; i++) most = a[i] > most ? a[i] : most;
  return most;
}

enum { LOG2_E = 23637 /* Q14 */, LN_2 = 22713 /* Q15 */ };

static const void *softmax(given *g) {
  const int shift = g->format[0] + g->format[1] + 14 - 11;
  if (!shiftable(shift)) return en_trap_format;
  const int32_t most = greatest(g->from[0], g->rows);
  const int64_t beta = (int64_t)(g->from[1][0] > 0 ? g->from[1][0] : 0) * LOG2_E;
  for (uint32_t i = 0; i < g->rows; i++) g->to[i] = power_of_two((most - g->from[0][i]) * beta, shift);
  return normalize(g);
}

static const void *power(given *g) {
  const int32_t most = greatest(g->from[0], g->rows);
  const int64_t gamma = g->from[1][0] > 0 ? g->from[1][0] : 0;
  for (uint32_t i = 0; i < g->rows; i++) {
    const int32_t w = g->from[0][i];
    g->to[i] = w > 0 ? power_of_two((en_log2((uint32_t)most) - en_log2((uint32_t)w)) * gamma, g->format[1]) : 0;
  }
  return normalize(g);
}

static const void *shift(given *g) {
  const uint32_t count = g->rows, taps = g->length[1];
  if (taps > count || taps % 2 == 0) return en_trap_handle;
  const int shift = g->format[0] + g->format[1] - 15;
  if (!shiftable(shift)) return en_trap_format;
  for (uint32_t i = 0, first = taps / 2; i < count; i++) {
    int64_t sum = 0;
    uint32_t at = first;
    for (uint32_t j = 0; j < taps; j++) {
      sum += (int32_t)g->from[1][j] * g->from[0][at];
      at = at > 0 ? at - 1 : count - 1;
    }
    g->to[i] = saturated(en_scale(sum, shift));
    if (++first == count) first = 0;
  }
  return NULL;
}

static const void *softplus(given *g) {
  const int format = g->format[0];
  for (uint32_t i = 0; i < g->rows; i++) {
    const int32_t a = g->from[0][i];
    const uint32_t p = (uint16_t)power_of_two((int64_t)(a < 0 ? -a : a) * LOG2_E, format + 14 - 11);
    const int64_t above = (int64_t)(en_log2(32768 + p) - (15 << 11)) * LN_2; /* Q26 */
    g->to[i] = saturated(en_scale(above + (int64_t)(a > 0 ? a : 0) * ((int64_t)1 << (26 - format)), 26 - g->to_format));
  }
  return NULL;
}

static const void *spread(given *g) {
  if (g->format[0] != g->to_format) return en_trap_format;
  for (uint32_t i = 0; i < g->rows; i++) g->to[i] = g->from[0][0];
  return NULL;
}

static const void *allocation(given *g) {
  const int shift = g->format[0] - 15;
  if (!shiftable(shift)) return en_trap_format;
  /* The next by usage and place is looked for each time: no memory, and the sort is stable. */
  int32_t last = INT32_MIN, left = 32768;
  for (uint32_t n = 0, last_at = 0; n < g->rows; n++) {
    uint32_t at = g->rows;
    for (uint32_t i = 0; i < g->rows; i++) {
      const int32_t u = g->from[0][i];
      if ((u > last || (u == last && i > last_at)) && (at == g->rows || u < g->from[0][at])) at = i;
    }
    last = g->from[0][at];
    last_at = at;
    const int32_t scaled = (int32_t)en_scale(last, shift), usage = scaled < 0 ? 0 : scaled > 32768 ? 32768 : scaled;
    g->to[at] = saturated(((32768 - usage) * left + 16384) >> 15);
    left = (usage * left + 16384) >> 15;
  }
  return NULL;
}

static const void *pop(given *g) {
  const int shift = g->format[1] - g->to_format;
  if (!shiftable(shift) || g->to_format < 8) return en_trap_format;
  const int64_t least = 1 << (g->to_format - 8);
  int64_t rest = en_scale(g->from[1][0] > 0 ? g->from[1][0] : 0, shift);
  for (uint32_t i = g->rows; i-- > 0 && rest > 0;) {
    const int64_t old = g->to[i], left = old - rest;
    g->to[i] = (int16_t)(left < least ? 0 : left);
    rest -= old;
  }
  return NULL;
}

static const void *free_place(given *g) {
  uint32_t at = g->rows;
  while (at > 0 && g->from[0][at - 1] == 0) at--;
  if (at == g->rows) return en_trap_full;
  memset(g->to, 0, g->rows * sizeof *g->to);
  g->to[at] = 32767;
  return NULL;
}

static const void *top(given *g) {
  const int format = g->to_format;
  if (g->format[0] != format || format < 0 || format > 15) return en_trap_format;
  int32_t rest = format == 15 ? 32767 : 1 << format;
  for (uint32_t i = g->rows; i-- > 0;) {
    const int32_t s = g->from[0][i], room = rest > 0 ? rest : 0;
    g->to[i] = (int16_t)(s < room ? s : room);
    rest -= s;
  }
  return NULL;
}

static const void *signs(given *g) {
  const en_values h = {(void *)(uintptr_t)g->from[0], g->kind};
  for (uint32_t i = 0; i < g->rows; i++) {
    const int64_t field = en_wide_get(h, i);
    g->to[i] = field > 0 ? 1 : field < 0 || g->from[1][i] < 0 ? -1 : 1;
  }
  return NULL;
}

/* So far on each time, one comes to each of `count` places once: about five eighths of them, without a common divisor. */
static uint32_t stride(uint32_t count) {
  for (uint32_t by = 5 * count / 8; by > 1; by--) {
    uint32_t a = count, b = by;
    while (b) {
      const uint32_t rest = a % b;
      a = b;
      b = rest;
    }
    if (a == 1) return by;
  }
  return 1;
}

static const void *sweep(given *g) {
  const uint32_t count = g->rows, by = stride(count);
  if (g->length[1] != count * count || g->length[2] != count) return en_trap_handle;
  if (g->format[1] != 0 || g->format[2] != 0) return en_trap_format;
  const uint8_t kind = g->in[1]->kind;
  for (uint32_t n = 0, i = 0; n < count; n++, i = (i + by) % count) {
    const int64_t own = element(g->from[1], kind, i * count + i) * g->to[i];
    const int64_t field = dot(g->from[1], kind, i * count, 1, g->to, count) - own - g->from[2][i];
    if (field != 0) g->to[i] = field > 0 ? 1 : -1;
  }
  return NULL;
}

static const void *draw(given *g) {
  uint32_t *r = (uint32_t *)(void *)g->to;
  for (uint32_t i = 0; i < g->rows; i++) {
    uint32_t x = r[i] ? r[i] : 2654435769u * (i + 1);
    x ^= x << 13;
    x ^= x >> 17;
    r[i] = x ^ x << 5;
  }
  return NULL;
}

static const void *thin(given *g) {
  if (g->length[1] != g->rows) return en_trap_handle;
  const int shift = g->format[1] - g->to_format;
  if (g->in[1]->kind != g->kind || !shiftable(shift) || g->format[3] != 15) return en_trap_format;
  const uint32_t seed = *(const uint32_t *)(const void *)g->from[2];
  for (uint32_t i = 0; i < g->rows; i++)
    put(g->to, g->kind, i, (int32_t)(en_mixed(seed + i) >> 17) < g->from[3][0] ? 0 : en_scale(element(g->from[1], g->kind, i), shift));
  return NULL;
}

static const void *logit(given *g) {
  const uint32_t *r = (const uint32_t *)(const void *)g->from[0];
  for (uint32_t i = 0; i < g->rows; i++) {
    const uint32_t u = 2 * (r[i] >> 17) + 1; /* of 65,536 */
    g->to[i] = (int16_t)(((en_log2(u) - en_log2(65536 - u)) * LN_2 + 32768) >> 16);
  }
  return NULL;
}

/* `a` goes from an element of one vector to the same of another, whose part begins where `at` says. */
static const void *moved(given *g) {
  const bool puts = g->op == EN_OP_PLACE;
  const uint32_t whole = puts ? g->rows : g->length[0], count = g->length[1];
  const int64_t at = en_scale(g->from[2][0], g->format[2]);
  const int shift = puts ? g->format[1] - g->to_format : g->format[0] - g->to_format;
  if (at < 0 || at + count > whole) return en_trap_handle;
  if (!shiftable(shift)) return en_trap_format;
  int16_t *to = puts ? g->to + at : g->to;
  const int16_t *from = puts ? g->from[1] : g->from[0] + at;
  for (uint32_t i = 0; i < count; i++) to[i] = saturated(en_scale(from[i], shift));
  return NULL;
}

static const void *embed(given *g) {
  const int shift = g->format[0] - g->to_format;
  if (!shiftable(shift)) return en_trap_format;
  const int64_t index = en_scale(g->from[1][0], g->format[1]);
  if (index < 0 || index >= g->length[0]) return en_trap_symbol;
  const int16_t *row = g->from[0] + (uint32_t)index * g->rows;
  for (uint32_t i = 0; i < g->rows; i++) g->to[i] = saturated(en_scale(row[i], shift));
  return NULL;
}

static const facts facts_of[] = {
#define AT(op) [EN_OP_##op - EN_OP_ROWS_DOT]
  AT(ROWS_DOT) = {products, SHORTS | INT8 << FIRST | INT32, QUOTIENT, ANY},
  AT(WEIGHTED_ROWS) = {products, SHORTS | INT8 << FIRST | INT32, QUOTIENT, ANY},
  AT(OUTER) = {rank_one, SHORTS | INT8 << FIRST | INT8, OUTER | UPDATE, ANY},
  AT(ERASE) = {rank_one, SHORTS | INT8 << FIRST | INT8, OUTER | UPDATE, ANY},
  AT(LINK) = {rank_one, SHORTS, OUTER | UPDATE, ANY},
  AT(COSINE) = {cosine, SHORTS, QUOTIENT, 15},
  AT(SOFTMAX) = {softmax, SHORTS, AS_FIRST, 15},
  AT(SHIFT) = {shift, SHORTS, AS_FIRST, 15},
  AT(POWER) = {power, SHORTS, AS_FIRST, 15},
  AT(SOFTPLUS) = {softplus, SHORTS, SAME, ANY},
  AT(SPREAD) = {spread, SHORTS, AS_SECOND, ANY},
  AT(ALLOCATION) = {allocation, SHORTS, SAME, 15},
  AT(POP) = {pop, SHORTS, AS_FIRST | UPDATE, ANY},
  AT(FREE) = {free_place, SHORTS, SAME, 15},
  AT(TOP) = {top, SHORTS, SAME, ANY},
  AT(SIGNS) = {signs, SHORTS | INT32 << FIRST, SAME, 0},
  AT(SWEEP) = {sweep, SHORTS | INT8 << SECOND, AS_FIRST | UPDATE, 0},
  AT(RANDOM) = {draw, INT32 << FIRST | INT32, AS_FIRST | UPDATE, ANY},
  AT(LOGIT) = {logit, INT32 << FIRST | INT16, SAME, 11},
  AT(EMBED) = {embed, SHORTS, COLUMNS, ANY},
  AT(SLICE) = {moved, SHORTS, AS_SECOND, ANY},
  AT(PLACE) = {moved, SHORTS, AS_FIRST | UPDATE, ANY},
  AT(SPARSE_LINK) = {sparse_link, SHORTS, AS_FIRST | UPDATE, 15},
  AT(SPARSE_ROWS_DOT) = {sparse_products, SHORTS, AS_SECOND, ANY},
  AT(SPARSE_WEIGHTED_ROWS) = {sparse_products, SHORTS, AS_SECOND, ANY},
  AT(THIN) = {thin, INT16 << FOURTH | INT32 << THIRD | (INT16 | INT8) << SECOND | (INT16 | INT8) << FIRST | INT16 | INT8,
              AS_FIRST | UPDATE, ANY},
#undef AT
};

const void *en_memory_op(IM3Runtime runtime, IM3ImportContext context, uint64_t *slots, void *memory) {
  (void)runtime, (void)memory;
  const uint8_t op = *(const uint8_t *)context->userdata;
  const en_engine *engine = engine_at(context->userdata);
  const facts *f = &facts_of[op - EN_OP_ROWS_DOT];
  const int count = en_ops[op].arguments;
  given g = {.op = op};
  const en_record *site = site_of(engine, argument(slots, count), op);
  if (!site) return en_trap_handle;
  g.to = values_of(engine, site);
  g.to_kind = site->kind;
  g.rows = site->rows;
  g.to_format = site->format;
  bool fits = (f->kinds >> site->kind & 1) && (f->format == ANY || f->format == site->format);
  for (int i = 0; i < count; i++) {
    const bool table = f->length == COLUMNS && i == 0;
    const en_record *in = table ? record_of(engine, argument(slots, i)) : memory_of(engine, argument(slots, i));
    if (!in || in->rows == 0 || (table && in->role != EN_ROLE_MATRIX)) return en_trap_handle; /* a condition has no element */
    g.in[i] = in;
    g.from[i] = table ? (const void *)(engine->model + in->offset) : values_of(engine, in);
    g.length[i] = in->rows;
    g.format[i] = in->format;
    fits &= f->kinds >> (FIRST * (i + 1)) >> in->kind & 1;
    if (i == 0 && f->length & UPDATE) {
      if (in->role != EN_ROLE_STATE || g.from[0] != g.to) return en_trap_handle;
      fits &= in->kind == site->kind && in->format == site->format;
    } else if (!apart(g.from[i], bytes_of(in), g.to, bytes_of(site))) {
      return en_trap_handle;
    }
  }
  g.kind = g.in[0]->kind;
  if (!lengths_fit(&g, f)) return en_trap_handle;
  const void *trap = fits ? f->body(&g) : en_trap_format;
  return trap ? trap : give(slots, argument(slots, count));
}
