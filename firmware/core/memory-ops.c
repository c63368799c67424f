/* Ops of networks with a memory: matrices that are states, addresses into them, stacks, associations. Plain C for all kernel sets,
   exact in 64 bits; docs/arithmetic.md defines every result. A matrix lies row by row in a vector; the lengths of the others say how
   many rows it has. */
#include "memory-ops.h"

#include <string.h>

#include "functions.h"
#include "wide.h"

/* An op's site and arguments: values, lengths, fraction bits. */
typedef struct given {
  uint8_t op, kind; /* the kind: of the first argument */
  int8_t to_format, format[3];
  const int16_t *from[3];
  int16_t *to;
  uint32_t rows, length[3];
  const en_record *in[3];
  const en_record *site;
} given;

/* Bits for kinds, those of an op's arguments and result in bytes: result, first, second, third. */
enum {
  INT8 = 1 << EN_KIND_INT8, INT16 = 1 << EN_KIND_INT16, INT32 = 1 << EN_KIND_INT32,
  SHORTS = INT16 << 24 | INT16 << 16 | INT16 << 8 | INT16, FIRST = 8, SECOND = 16,
};
/* How long a result is (host/spec/ops.ts); UPDATE: it is the first argument, a state, and nothing else may lie there. */
enum { SAME, AS_FIRST, AS_SECOND, QUOTIENT, OUTER, UPDATE = 16 };
enum { ANY = EN_MODEL_FORMAT_LEAST - 1 };

/* What an op asks for, and what it does then. */
typedef struct facts {
  const void *(*body)(given *);
  uint32_t kinds;
  uint8_t arguments, length;
  int8_t format; /* of the result, or ANY */
} facts;

static bool lengths_fit(const given *g, const facts *f) {
  const uint32_t *length = g->length;
  switch (f->length & ~UPDATE) {
    case AS_SECOND: return length[1] == g->rows;
    case QUOTIENT: return length[0] == g->rows * length[1];
    case OUTER: return length[0] == g->rows && g->rows == length[1] * length[2];
    case SAME: if (f->arguments > 1 && length[1] != g->rows) return false; /* fall through */
    default: return length[0] == g->rows;
  }
}

static const void *run(const en_engine *engine, uint64_t *slots, uint8_t op, const facts *f) {
  given g = {.op = op};
  const en_record *site = site_of(engine, argument(slots, f->arguments), op);
  if (!site) return en_trap_handle;
  g.site = site;
  g.to = values_of(engine, site);
  g.rows = site->rows;
  g.to_format = site->format;
  bool fits = (f->kinds >> site->kind & 1) && (f->format == ANY || f->format == site->format);
  for (int i = 0; i < f->arguments; i++) {
    const en_record *in = memory_of(engine, argument(slots, i));
    if (!in || in->rows == 0) return en_trap_handle; /* a condition has no element */
    g.in[i] = in;
    g.from[i] = values_of(engine, in);
    g.length[i] = in->rows;
    g.format[i] = in->format;
    fits &= f->kinds >> (8 * (i + 1)) >> in->kind & 1;
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
  return trap ? trap : give(slots, argument(slots, f->arguments));
}

/* An op: its name, code, arguments, kinds, length of the result and its format. */
#define OP(name, code, arguments, kinds, length, format)                            \
  static const void *name##_of(given *);                                            \
  OP_OF(name) {                                                                     \
    static const facts f = {name##_of, kinds, arguments, length, format};           \
    return run(ENGINE, slots, code, &f);                                            \
  }                                                                                 \
  static const void *name##_of(given *g)

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

/* M k, or Mᵀ k if `columns`. */
static const void *products(given *g, bool columns) {
  const uint32_t count = g->length[1];
  const int shift = g->format[0] + g->format[1] - g->to_format;
  if (!shiftable(shift)) return en_trap_format;
  for (uint32_t i = 0; i < g->rows; i++) {
    const int64_t sum = dot(g->from[0], g->kind, columns ? i : i * count, columns ? g->rows : 1, g->from[1], count);
    en_wide_put((en_values){g->to, g->site->kind}, i, sum, shift);
  }
  return NULL;
}

OP(rows_dot, EN_OP_ROWS_DOT, 2, SHORTS | INT8 << FIRST | INT32, QUOTIENT, ANY) { return products(g, false); }

OP(weighted_rows, EN_OP_WEIGHTED_ROWS, 2, SHORTS | INT8 << FIRST | INT32, QUOTIENT, ANY) { return products(g, true); }

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

OP(outer, EN_OP_OUTER, 3, SHORTS | INT8 << FIRST | INT8, OUTER | UPDATE, ANY) { return rank_one(g); }

OP(erase, EN_OP_ERASE, 3, SHORTS | INT8 << FIRST | INT8, OUTER | UPDATE, ANY) { return rank_one(g); }

OP(link, EN_OP_LINK, 3, SHORTS, OUTER | UPDATE, ANY) { return rank_one(g); }

/* |v| + 2^−10, with 8 more fraction bits than v. */
static uint64_t norm(const int16_t *v, uint32_t count, int format) {
  const int least = format - 2; /* 2^−10 in such units */
  return (uint64_t)en_sqrt((uint64_t)dot(v, EN_KIND_INT16, 0, 1, v, count) << 16) + (1u << (least > 0 ? least : 0));
}

OP(cosine, EN_OP_COSINE, 2, SHORTS, QUOTIENT, 15) {
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

OP(softmax, EN_OP_SOFTMAX, 2, SHORTS, AS_FIRST, 15) {
  const int shift = g->format[0] + g->format[1] + 14 - 11;
  if (!shiftable(shift)) return en_trap_format;
  const int32_t most = greatest(g->from[0], g->rows);
  const int64_t beta = (int64_t)(g->from[1][0] > 0 ? g->from[1][0] : 0) * LOG2_E;
  for (uint32_t i = 0; i < g->rows; i++) g->to[i] = power_of_two((most - g->from[0][i]) * beta, shift);
  return normalize(g);
}

OP(power, EN_OP_POWER, 2, SHORTS, AS_FIRST, 15) {
  const int32_t most = greatest(g->from[0], g->rows);
  const int64_t gamma = g->from[1][0] > 0 ? g->from[1][0] : 0;
  for (uint32_t i = 0; i < g->rows; i++) {
    const int32_t w = g->from[0][i];
    g->to[i] = w > 0 ? power_of_two((en_log2((uint32_t)most) - en_log2((uint32_t)w)) * gamma, g->format[1]) : 0;
  }
  return normalize(g);
}

OP(shift, EN_OP_SHIFT, 2, SHORTS, AS_FIRST, 15) {
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

OP(softplus, EN_OP_SOFTPLUS, 1, SHORTS, SAME, ANY) {
  const int format = g->format[0];
  for (uint32_t i = 0; i < g->rows; i++) {
    const int32_t a = g->from[0][i];
    const uint32_t p = (uint16_t)power_of_two((int64_t)(a < 0 ? -a : a) * LOG2_E, format + 14 - 11);
    const int64_t above = (int64_t)(en_log2(32768 + p) - (15 << 11)) * LN_2; /* Q26 */
    g->to[i] = saturated(en_scale(above + (int64_t)(a > 0 ? a : 0) * ((int64_t)1 << (26 - format)), 26 - g->to_format));
  }
  return NULL;
}

OP(spread, EN_OP_SPREAD, 2, SHORTS, AS_SECOND, ANY) {
  if (g->format[0] != g->to_format) return en_trap_format;
  for (uint32_t i = 0; i < g->rows; i++) g->to[i] = g->from[0][0];
  return NULL;
}

OP(allocation, EN_OP_ALLOCATION, 1, SHORTS, SAME, 15) {
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

OP(pop, EN_OP_POP, 2, SHORTS, AS_FIRST | UPDATE, ANY) {
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

OP(free, EN_OP_FREE, 1, SHORTS, SAME, 15) {
  uint32_t at = g->rows;
  while (at > 0 && g->from[0][at - 1] == 0) at--;
  if (at == g->rows) return en_trap_full;
  memset(g->to, 0, g->rows * sizeof *g->to);
  g->to[at] = 32767;
  return NULL;
}

OP(top, EN_OP_TOP, 1, SHORTS, SAME, ANY) {
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

OP(signs, EN_OP_SIGNS, 2, SHORTS | INT32 << FIRST, SAME, 0) {
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

OP(sweep, EN_OP_SWEEP, 3, SHORTS | INT8 << SECOND, AS_FIRST | UPDATE, 0) {
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

OP(random, EN_OP_RANDOM, 1, INT32 << FIRST | INT32, AS_FIRST | UPDATE, ANY) {
  uint32_t *r = (uint32_t *)(void *)g->to;
  for (uint32_t i = 0; i < g->rows; i++) {
    uint32_t x = r[i] ? r[i] : 2654435769u * (i + 1);
    x ^= x << 13;
    x ^= x >> 17;
    r[i] = x ^ x << 5;
  }
  return NULL;
}

OP(logit, EN_OP_LOGIT, 1, INT32 << FIRST | INT16, SAME, 11) {
  const uint32_t *r = (const uint32_t *)(const void *)g->from[0];
  for (uint32_t i = 0; i < g->rows; i++) {
    const uint32_t u = 2 * (r[i] >> 17) + 1; /* of 65,536 */
    g->to[i] = (int16_t)(((en_log2(u) - en_log2(65536 - u)) * LN_2 + 32768) >> 16);
  }
  return NULL;
}

/* `a` goes from an element of one vector to the same of another, whose part begins where `at` says. */
static const void *moved(given *g, uint32_t whole, uint32_t count, bool puts) {
  const int64_t at = en_scale(g->from[2][0], g->format[2]);
  const int shift = puts ? g->format[1] - g->to_format : g->format[0] - g->to_format;
  if (at < 0 || at + count > whole) return en_trap_handle;
  if (!shiftable(shift)) return en_trap_format;
  int16_t *to = puts ? g->to + at : g->to;
  const int16_t *from = puts ? g->from[1] : g->from[0] + at;
  for (uint32_t i = 0; i < count; i++) to[i] = saturated(en_scale(from[i], shift));
  return NULL;
}

OP(slice, EN_OP_SLICE, 3, SHORTS, AS_SECOND, ANY) { return moved(g, g->length[0], g->rows, false); }

OP(place, EN_OP_PLACE, 3, SHORTS, AS_FIRST | UPDATE, ANY) { return moved(g, g->rows, g->length[1], true); }

/* Apart from the others, since `run` takes no matrices. */
OP_OF(embed) {
  en_engine *engine = ENGINE;
  const en_record *E = record_of(engine, argument(slots, 0)), *x = memory_of(engine, argument(slots, 1));
  const en_record *site = site_of(engine, argument(slots, 2), EN_OP_EMBED);
  if (!E || !x || x->rows == 0 || !site || E->role != EN_ROLE_MATRIX || site->rows != E->columns) return en_trap_handle;
  int16_t *to = values_of(engine, site);
  const int shift = E->format - site->format;
  if (!apart(values_of(engine, x), bytes_of(x), to, bytes_of(site))) return en_trap_handle;
  if (E->kind != EN_KIND_INT16 || x->kind != EN_KIND_INT16 || site->kind != EN_KIND_INT16 || !shiftable(shift)) return en_trap_format;
  const int64_t index = en_scale(values_of(engine, x)[0], x->format);
  if (index < 0 || index >= E->rows) return en_trap_symbol;
  const int16_t *row = (const int16_t *)(const void *)(engine->model + E->offset) + (uint32_t)index * E->columns;
  for (uint32_t i = 0; i < site->rows; i++) to[i] = saturated(en_scale(row[i], shift));
  return give(slots, argument(slots, 2));
}
