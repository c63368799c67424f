/* The ops as wasm3 calls them: handles to records, checks, then the kernel. A wrong module can pass any number as a handle, so
   every call checks: handle in range, role, length as the site says, and that the site is one of this op. Offsets inside
   records were checked when the model was loaded. */
#include "ops.h"

#include <string.h>

#include "kernels.h"
#include "memory-ops.h"
#include "module.h"
#include "wide.h"

const char en_trap_handle[] = "handle", en_trap_format[] = "format", en_trap_full[] = "full", en_trap_symbol[] = "symbol";

#define OP(name) static OP_OF(name)

/* A record that has values of 16 or 32 bits. */
static const en_record *vector_of(const en_engine *engine, int32_t handle) {
  const en_record *vector = memory_of(engine, handle);
  return vector && vector->kind != EN_KIND_INT8 ? vector : NULL;
}

/* A product's site, and each matrix of the site's rows with the vector that it multiplies. */
typedef struct factors {
  const en_record *site;
  const en_record *matrix[2], *vector[2];
  bool wide; /* not int8 by int16 to int16 */
} factors;

/* Kinds of matrices that a kernel multiplies. */
static const uint32_t by_kernels = 1u << EN_KIND_INT8 | 1u << EN_KIND_INT8_PAIRS;

/* `arguments`: W, x, U, h … in this order, then a bias. False if they do not fit. */
static bool factors_of(const en_engine *engine, const uint64_t *slots, uint8_t op, int count, factors *p) {
  const en_record *site = site_of(engine, argument(slots, 2 * count + 1), op);
  if (!site) return false;
  const int16_t *to = values_of(engine, site);
  const uint32_t rows = site->rows, bytes = bytes_of(site);
  bool wide = site->kind != EN_KIND_INT16;
  p->site = site;
  for (int i = 0; i < count; i++) {
    const en_record *w = record_of(engine, argument(slots, 2 * i)), *x = vector_of(engine, argument(slots, 2 * i + 1));
    if (!w || !x || w->role != EN_ROLE_MATRIX || w->rows != rows || w->columns != x->rows) return false;
    if (!apart(values_of(engine, x), bytes_of(x), to, bytes)) return false;
    p->matrix[i] = w;
    p->vector[i] = x;
    wide |= !(by_kernels >> w->kind & 1) || x->kind != EN_KIND_INT16;
  }
  p->wide = wide;
  return true;
}

static en_term term_of(const en_engine *engine, const factors *p, int i) {
  const en_record *w = p->matrix[i];
  return (en_term){(const int8_t *)(engine->model + w->offset), values_of(engine, p->vector[i]), w->columns, w->kind};
}

static const int32_t *constants_of(const en_engine *engine, const en_record *site) {
  return (const int32_t *)(const void *)(engine->model + site->constants);
}

__attribute__((noinline)) static const void *wide_product(const en_engine *engine, uint64_t *slots, const factors *p, int count) {
  en_wide_term terms[2];
  for (int i = 0; i < count; i++) {
    const en_record *w = p->matrix[i], *x = p->vector[i];
    if (w->kind == EN_KIND_INT8_COLUMNS) return en_trap_format;
    terms[i] = (en_wide_term){engine->model + w->offset, w->kind, {values_of(engine, x), x->kind}, w->columns};
  }
  const en_values y = {values_of(engine, p->site), p->site->kind};
  if (!en_wide_products(terms, count, constants_of(engine, p->site), y, p->site->rows)) return en_trap_format;
  return give(slots, argument(slots, 2 * count + 1));
}

OP(recurrent) {
  en_engine *engine = ENGINE;
  factors p;
  if (!factors_of(engine, slots, EN_OP_RECURRENT, 2, &p)) return en_trap_handle;
  if (p.wide) return wide_product(engine, slots, &p, 2);
  const en_term Wx = term_of(engine, &p, 0), Uh = term_of(engine, &p, 1);
  en_kernel_set.recurrent(&Wx, &Uh, constants_of(engine, p.site), values_of(engine, p.site), p.site->rows);
  return give(slots, argument(slots, 5));
}

OP(affine) {
  en_engine *engine = ENGINE;
  factors p;
  if (!factors_of(engine, slots, EN_OP_AFFINE, 1, &p)) return en_trap_handle;
  if (p.wide) return wide_product(engine, slots, &p, 1);
  const en_term Wx = term_of(engine, &p, 0);
  en_kernel_set.affine(&Wx, constants_of(engine, p.site), values_of(engine, p.site), p.site->rows);
  return give(slots, argument(slots, 3));
}

/* An element-wise op's site and its arguments, all of one length. */
typedef struct elements {
  const en_record *site, *in[3];
  const int16_t *from[3];
  int16_t *to;
  bool wide; /* not all int16 */
} elements;

static inline bool elements_here(const en_engine *engine, const uint64_t *slots, uint8_t op, int count, elements *e) {
  const en_record *site = site_of(engine, argument(slots, count), op);
  if (!site) return false;
  const uint32_t rows = site->rows, kind = site->kind, bytes = rows << kind;
  uint32_t kinds = kind;
  e->site = site;
  e->to = values_of(engine, site);
  for (int i = 0; i < count; i++) {
    const en_record *in = vector_of(engine, argument(slots, i));
    if (!in || in->rows != rows) return false;
    e->in[i] = in;
    e->from[i] = values_of(engine, in);
    kinds |= in->kind;
    if (e->from[i] == e->to && in->kind == kind) continue;
    if (!apart(e->from[i], rows << in->kind, e->to, bytes)) return false;
  }
  e->wide = kinds != EN_KIND_INT16; /* kinds are bits */
  return true;
}

__attribute__((noinline)) static bool elements_of(const en_engine *engine, const uint64_t *slots, uint8_t op, int count, elements *e) {
  return elements_here(engine, slots, op, count, e);
}

/* An op that its kernel has not, on int32 or for want of one. Of `slots` the site follows the arguments. */
__attribute__((noinline)) static const void *wide_elements(uint64_t *slots, const elements *e, uint8_t op, int first, int count, int up,
                                                           int up_second, int shift) {
  en_values in[3];
  for (int i = 0; i < 3; i++) {
    const int from = first + (i < count ? i : 0);
    in[i] = (en_values){(void *)(uintptr_t)e->from[from], e->in[from]->kind};
  }
  const en_values y = {e->to, e->site->kind};
  if (!en_wide_elements(op, in, y, e->site->rows, up, up_second, shift)) return en_trap_format;
  return give(slots, argument(slots, first + count));
}

static int most(int a, int b) { return a > b ? a : b; }

/* Shifts within which every sum stays in 64 bits. */
static bool bounded(int up, int shift) { return up - (shift < 0 ? shift : 0) <= 30 && shift <= 46 && shift >= -15; }

OP(multiply) {
  en_engine *engine = ENGINE;
  elements e;
  if (!elements_of(engine, slots, EN_OP_MULTIPLY, 2, &e)) return en_trap_handle;
  const int shift = e.in[0]->format + e.in[1]->format - e.site->format;
  if (e.wide) return wide_elements(slots, &e, EN_OP_MULTIPLY, 0, 2, 0, 0, shift);
  if (!bounded(0, shift)) return en_trap_format;
  en_kernel_set.multiply(e.from[0], e.from[1], e.to, e.site->rows, shift);
  return give(slots, argument(slots, 2));
}

OP(multiply_add) {
  en_engine *engine = ENGINE;
  elements e;
  if (!elements_of(engine, slots, EN_OP_MULTIPLY_ADD, 3, &e)) return en_trap_handle;
  const int product = e.in[0]->format + e.in[1]->format, finest = most(product, e.in[2]->format);
  const int up_product = finest - product, up_c = finest - e.in[2]->format, shift = finest - e.site->format;
  if (e.wide) return wide_elements(slots, &e, EN_OP_MULTIPLY_ADD, 0, 3, up_product, up_c, shift);
  if (!bounded(most(up_product, up_c), shift)) return en_trap_format;
  en_kernel_set.multiply_add(e.from[0], e.from[1], e.from[2], e.to, e.site->rows, up_product, up_c, shift);
  return give(slots, argument(slots, 3));
}

OP(blend) {
  en_engine *engine = ENGINE;
  elements e;
  if (!elements_of(engine, slots, EN_OP_BLEND, 3, &e)) return en_trap_handle;
  const int finest = most(e.in[1]->format, e.in[2]->format);
  const int up_a = finest - e.in[1]->format, up_b = finest - e.in[2]->format, shift = 15 + finest - e.site->format;
  if (e.in[0]->format != 15) return en_trap_format;
  if (e.wide) return wide_elements(slots, &e, EN_OP_BLEND, 0, 3, up_a, up_b, shift);
  if (!bounded(most(up_a, up_b), shift)) return en_trap_format;
  en_kernel_set.blend(e.from[0], e.from[1], e.from[2], e.to, e.site->rows, up_a, up_b, shift);
  return give(slots, argument(slots, 3));
}

OP(add) {
  en_engine *engine = ENGINE;
  elements e;
  if (!elements_of(engine, slots, EN_OP_ADD, 2, &e)) return en_trap_handle;
  const int finest = most(e.in[0]->format, e.in[1]->format);
  const int up_a = finest - e.in[0]->format, up_b = finest - e.in[1]->format, shift = finest - e.site->format;
  if (e.wide) return wide_elements(slots, &e, EN_OP_ADD, 0, 2, up_a, up_b, shift);
  if (!bounded(most(up_a, up_b), shift)) return en_trap_format;
  en_kernel_set.add(e.from[0], e.from[1], e.to, e.site->rows, up_a, up_b, shift);
  return give(slots, argument(slots, 2));
}

/* tanh to 24 bits; any other activation of int32 is none. */
__attribute__((noinline)) static const void *wide_tanh(uint64_t *slots, const elements *e, uint8_t op) {
  const en_values a = {(void *)(uintptr_t)e->from[0], e->in[0]->kind};
  if (op != EN_OP_TANH || e->site->kind != EN_KIND_INT32 || e->site->format != 24) return en_trap_format;
  if (!en_wide_tanh(a, (int32_t *)(void *)e->to, e->site->rows, e->in[0]->format)) return en_trap_format;
  return give(slots, argument(slots, 1));
}

/* An activation's kernel takes int16; an argument of 32 bits becomes Q4.11 where the result will lie. */
static const void *activate(const en_engine *engine, uint64_t *slots, uint8_t op,
                            void (*kernel)(const int16_t *a, int16_t *y, size_t rows, int shift)) {
  elements e;
  if (!elements_here(engine, slots, op, 1, &e)) return en_trap_handle;
  const int shift = e.in[0]->format - 11;
  if (shift > 15 || shift < -19 || e.site->format != 15 || e.site->kind != EN_KIND_INT16) return wide_tanh(slots, &e, op);
  if (e.wide) {
    const void *trap = wide_elements(slots, &e, EN_OP_SET, 0, 1, 0, 0, shift);
    if (trap) return trap;
    kernel(e.to, e.to, e.site->rows, 0);
  } else {
    kernel(e.from[0], e.to, e.site->rows, shift);
  }
  return give(slots, argument(slots, 1));
}

OP(sigmoid) {
  en_engine *engine = ENGINE;
  return activate(engine, slots, EN_OP_SIGMOID, en_kernel_set.sigmoid);
}

OP(tanh) {
  en_engine *engine = ENGINE;
  return activate(engine, slots, EN_OP_TANH, en_kernel_set.tanh);
}

OP(relu) {
  en_engine *engine = ENGINE;
  elements e;
  if (!elements_of(engine, slots, EN_OP_RELU, 1, &e)) return en_trap_handle;
  return wide_elements(slots, &e, EN_OP_RELU, 0, 1, 0, 0, e.in[0]->format - e.site->format);
}

OP(fires) {
  en_engine *engine = ENGINE;
  elements e;
  if (!elements_of(engine, slots, EN_OP_FIRES, 2, &e)) return en_trap_handle;
  if (e.site->format != 0) return en_trap_format;
  const int finer = e.in[1]->format - e.in[0]->format;
  return wide_elements(slots, &e, EN_OP_FIRES, 0, 2, finer > 0 ? finer : 0, finer < 0 ? -finer : 0, 0);
}

OP(set) {
  en_engine *engine = ENGINE;
  elements e;
  if (!elements_of(engine, slots, EN_OP_SET, 2, &e)) return en_trap_handle;
  if (e.in[0]->role != EN_ROLE_STATE || e.from[0] != e.to) return en_trap_handle;
  const int shift = e.in[1]->format - e.in[0]->format;
  if (e.in[0]->format != e.site->format || e.in[0]->kind != e.site->kind) return en_trap_format;
  if (e.from[1] == e.to) return give(slots, argument(slots, 2));
  if (e.wide) return wide_elements(slots, &e, EN_OP_SET, 1, 1, 0, 0, shift);
  if (!bounded(0, shift)) return en_trap_format;
  en_kernel_set.convert(e.from[1], e.to, e.site->rows, shift);
  return give(slots, argument(slots, 2));
}

OP(exceeds) {
  en_engine *engine = ENGINE;
  const en_record *a = vector_of(engine, argument(slots, 0)), *b = vector_of(engine, argument(slots, 1));
  if (!site_of(engine, argument(slots, 2), EN_OP_EXCEEDS) || !a || !b || a->rows != b->rows || a->rows == 0) return en_trap_handle;
  const int greater = en_wide_exceeds((en_values){values_of(engine, a), a->kind}, (en_values){values_of(engine, b), b->kind}, b->format - a->format);
  return greater < 0 ? en_trap_format : give(slots, greater);
}

OP(change) {
  en_engine *engine = ENGINE;
  elements e;
  if (!elements_of(engine, slots, EN_OP_CHANGE, 3, &e)) return en_trap_handle;
  for (int i = 0; i < 3; i++) {
    if (e.in[i]->format != e.site->format) return en_trap_format;
  }
  if (e.wide) return en_trap_format;
  en_kernel_set.change(e.from[0], e.from[1], e.from[2], e.to, e.site->rows);
  return give(slots, argument(slots, 3));
}

/* The state's record, if it is one of int32 with as many values as the site. */
static const en_record *sums_of(const en_engine *engine, int32_t handle, const en_record *site) {
  const en_record *state = vector_of(engine, handle);
  return state && state->role == EN_ROLE_STATE && state->rows == site->rows ? state : NULL;
}

static const en_record *matrix_of(const en_engine *engine, int32_t handle, const en_record *site) {
  const en_record *matrix = record_of(engine, handle);
  return matrix && matrix->role == EN_ROLE_MATRIX && matrix->rows == site->rows ? matrix : NULL;
}

OP(accumulate) {
  en_engine *engine = ENGINE;
  const en_record *site = site_of(engine, argument(slots, 3), EN_OP_ACCUMULATE);
  if (!site) return en_trap_handle;
  const en_record *s = sums_of(engine, argument(slots, 0), site), *W = matrix_of(engine, argument(slots, 1), site);
  const en_record *d = vector_of(engine, argument(slots, 2));
  if (!s || !W || !d || d->rows != W->columns) return en_trap_handle;
  int16_t *to = values_of(engine, s), *from = values_of(engine, d);
  if (to != values_of(engine, site) || !apart(from, bytes_of(d), to, bytes_of(s))) return en_trap_handle;
  if (s->kind != EN_KIND_INT32 || s->kind != site->kind || s->format != site->format || W->kind != EN_KIND_INT8_COLUMNS ||
      d->kind != EN_KIND_INT16)
    return en_trap_format;
  en_kernel_set.accumulate((const int8_t *)(engine->model + W->offset), from, d->rows, (int32_t *)(void *)to, site->rows);
  return give(slots, argument(slots, 3));
}

/* `count` pairs of a matrix, whose scales the constants have, and its sums; then a bias. */
static const void *from_sums(const en_engine *engine, uint64_t *slots, uint8_t op, int count) {
  const en_record *site = site_of(engine, argument(slots, 2 * count + 1), op);
  if (!site) return en_trap_handle;
  const int32_t *sums[2] = {NULL, NULL};
  int16_t *to = values_of(engine, site);
  bool fits = site->kind == EN_KIND_INT16;
  for (int i = 0; i < count; i++) {
    const en_record *s = sums_of(engine, argument(slots, 2 * i + 1), site);
    if (!s || !matrix_of(engine, argument(slots, 2 * i), site)) return en_trap_handle;
    sums[i] = (const int32_t *)(const void *)values_of(engine, s);
    if (!apart(sums[i], bytes_of(s), to, bytes_of(site))) return en_trap_handle;
    fits &= s->kind == EN_KIND_INT32;
  }
  if (!fits) return en_trap_format;
  en_kernel_set.sums(sums[0], sums[1], constants_of(engine, site), to, site->rows);
  return give(slots, argument(slots, 2 * count + 1));
}

OP(affine_sums) { return from_sums(ENGINE, slots, EN_OP_AFFINE_SUMS, 1); }

OP(recurrent_sums) { return from_sums(ENGINE, slots, EN_OP_RECURRENT_SUMS, 2); }

static const M3RawCall calls[] = {
#define ENTRY(c_name, name, arguments, code) [code] = op_##c_name,
  EN_PLAIN_OP_TABLE(ENTRY)
#undef ENTRY
};

static M3RawCall call_of(uint8_t code) { return code < EN_OP_ROWS_DOT ? calls[code] : en_memory_op; }

static void *data_of(en_engine *engine, uint8_t code) {
  return code < EN_OP_ROWS_DOT ? (void *)engine : &engine->codes[code];
}

/* Any op, timed. */
static const void *timed(IM3Runtime runtime, IM3ImportContext context, uint64_t *slots, void *memory) {
  const uint8_t *own = context->userdata, code = *own;
  en_engine *engine = engine_at(own);
  en_profile *profile = engine->profile;
  M3ImportContext inner = {data_of(engine, code), context->function};
  uint32_t begun = profile->ticks();
  const void *trap = call_of(code)(runtime, &inner, slots, memory);
  uint32_t taken = profile->ticks() - begun;
  if (taken > profile->idle) profile->taken[code] += taken - profile->idle;
  profile->calls[code]++;
  return trap;
}

M3Result en_ops_link(en_engine *engine, IM3Module module) {
  for (uint8_t code = 0; code < EN_OP_COUNT; code++) {
    char signature[16] = "i(";
    memset(signature + 2, 'i', en_ops[code].arguments + 1u);
    signature[en_ops[code].arguments + 3] = ')';
    engine->codes[code] = code;
    void *data = engine->profile ? &engine->codes[code] : data_of(engine, code);
    M3Result result =
      m3_LinkRawFunctionEx(module, "ops", en_ops[code].name, signature, engine->profile ? timed : call_of(code), data);
    /* An op that the module does not import is no error. */
    if (result && result != m3Err_functionLookupFailed) return result;
  }
  return m3Err_none;
}
