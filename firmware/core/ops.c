/* The ops as wasm3 calls them: handles to records, checks, then the kernel. A wrong module can pass any number as a handle, so
   every call checks: handle in range, role, length as the site says, and that the site is one of this op. Offsets inside
   records were checked when the model was loaded. */
#include <stdbool.h>

#include "engine.h"
#include "kernels.h"

const char en_trap_handle[] = "handle", en_trap_format[] = "format";

/* wasm3's calling convention: slot 0 takes the result, the arguments follow, each in 8 bytes. */
#define OP(name) static const void *op_##name(IM3Runtime runtime, IM3ImportContext context, uint64_t *slots, void *memory)
#define ENGINE ((void)runtime, (void)memory, (en_engine *)context->userdata)

static int32_t argument(const uint64_t *slots, int index) { return (int32_t)(uint32_t)slots[1 + index]; }

static const void *give(uint64_t *slots, int32_t result) {
  *(int32_t *)(void *)slots = result;
  return m3Err_none;
}

static const en_record *record_of(const en_engine *engine, int32_t handle) {
  return (uint32_t)handle < engine->handles ? &engine->records[handle] : NULL;
}

static const en_record *site_of(const en_engine *engine, int32_t handle, uint8_t op) {
  const en_record *site = record_of(engine, handle);
  return site && site->op == op ? site : NULL;
}

/* A record that has values. */
static const en_record *vector_of(const en_engine *engine, int32_t handle) {
  const en_record *vector = record_of(engine, handle);
  return vector && vector->role != EN_ROLE_MATRIX && vector->role != EN_ROLE_BIAS ? vector : NULL;
}

static int16_t *values_of(const en_engine *engine, const en_record *record) {
  const uint8_t *start = record->role == EN_ROLE_VECTOR ? engine->model : engine->ram;
  return (int16_t *)(uintptr_t)(start + record->offset);
}

/* Whether an op can write its result while it reads its argument, in whatever order a kernel works: they do not overlap, or, for
   an element-wise op, are the same. */
static bool apart(const int16_t *argument, size_t rows, const int16_t *result, size_t result_rows) {
  const uintptr_t from = (uintptr_t)argument, to = (uintptr_t)result;
  return from >= to + 2 * result_rows || to >= from + 2 * rows;
}

/* A matrix of the site's rows with the vector that it multiplies; false if they do not fit. */
static bool term_of(const en_engine *engine, int32_t matrix, int32_t vector, const en_record *site, en_term *term) {
  const en_record *w = record_of(engine, matrix), *x = vector_of(engine, vector);
  if (!w || !x || w->role != EN_ROLE_MATRIX || w->rows != site->rows || w->columns != x->rows) return false;
  *term = (en_term){(const int8_t *)(engine->model + w->offset), values_of(engine, x), x->rows, w->kind};
  return apart(term->vector, x->rows, values_of(engine, site), site->rows);
}

static const int32_t *constants_of(const en_engine *engine, const en_record *site) {
  return (const int32_t *)(const void *)(engine->model + site->constants);
}

OP(recurrent) {
  en_engine *engine = ENGINE;
  const int32_t y = argument(slots, 5);
  const en_record *site = site_of(engine, y, EN_OP_RECURRENT);
  en_term Wx, Uh;
  if (!site || !term_of(engine, argument(slots, 0), argument(slots, 1), site, &Wx) ||
      !term_of(engine, argument(slots, 2), argument(slots, 3), site, &Uh)) {
    return en_trap_handle;
  }
  en_kernel_set.recurrent(&Wx, &Uh, constants_of(engine, site), values_of(engine, site), site->rows);
  return give(slots, y);
}

OP(affine) {
  en_engine *engine = ENGINE;
  const int32_t y = argument(slots, 3);
  const en_record *site = site_of(engine, y, EN_OP_AFFINE);
  en_term Wx;
  if (!site || !term_of(engine, argument(slots, 0), argument(slots, 1), site, &Wx)) return en_trap_handle;
  en_kernel_set.affine(&Wx, constants_of(engine, site), values_of(engine, site), site->rows);
  return give(slots, y);
}

/* An element-wise op's site and its arguments, all of one length. */
typedef struct elements {
  const en_record *site, *in[3];
  const int16_t *from[3];
  int16_t *to;
} elements;

static bool elements_of(const en_engine *engine, const uint64_t *slots, uint8_t op, int count, elements *e) {
  e->site = site_of(engine, argument(slots, count), op);
  if (!e->site) return false;
  e->to = values_of(engine, e->site);
  for (int i = 0; i < count; i++) {
    e->in[i] = vector_of(engine, argument(slots, i));
    if (!e->in[i] || e->in[i]->rows != e->site->rows) return false;
    e->from[i] = values_of(engine, e->in[i]);
    if (e->from[i] != e->to && !apart(e->from[i], e->site->rows, e->to, e->site->rows)) return false;
  }
  return true;
}

static int most(int a, int b) { return a > b ? a : b; }

/* Shifts within which every sum stays in 64 bits. */
static bool bounded(int up, int shift) { return up - (shift < 0 ? shift : 0) <= 30 && shift <= 46 && shift >= -15; }

OP(multiply) {
  en_engine *engine = ENGINE;
  elements e;
  if (!elements_of(engine, slots, EN_OP_MULTIPLY, 2, &e)) return en_trap_handle;
  const int shift = e.in[0]->format + e.in[1]->format - e.site->format;
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
  if (e.in[0]->format != 15 || !bounded(most(up_a, up_b), shift)) return en_trap_format;
  en_kernel_set.blend(e.from[0], e.from[1], e.from[2], e.to, e.site->rows, up_a, up_b, shift);
  return give(slots, argument(slots, 3));
}

OP(add) {
  en_engine *engine = ENGINE;
  elements e;
  if (!elements_of(engine, slots, EN_OP_ADD, 2, &e)) return en_trap_handle;
  const int finest = most(e.in[0]->format, e.in[1]->format);
  const int up_a = finest - e.in[0]->format, up_b = finest - e.in[1]->format, shift = finest - e.site->format;
  if (!bounded(most(up_a, up_b), shift)) return en_trap_format;
  en_kernel_set.add(e.from[0], e.from[1], e.to, e.site->rows, up_a, up_b, shift);
  return give(slots, argument(slots, 2));
}

OP(sigmoid) {
  en_engine *engine = ENGINE;
  elements e;
  if (!elements_of(engine, slots, EN_OP_SIGMOID, 1, &e)) return en_trap_handle;
  const int shift = e.in[0]->format - 11;
  if (shift > 15 || shift < -19 || e.site->format != 15) return en_trap_format;
  en_kernel_set.sigmoid(e.from[0], e.to, e.site->rows, shift);
  return give(slots, argument(slots, 1));
}

OP(tanh) {
  en_engine *engine = ENGINE;
  elements e;
  if (!elements_of(engine, slots, EN_OP_TANH, 1, &e)) return en_trap_handle;
  const int shift = e.in[0]->format - 11;
  if (shift > 15 || shift < -19 || e.site->format != 15) return en_trap_format;
  en_kernel_set.tanh(e.from[0], e.to, e.site->rows, shift);
  return give(slots, argument(slots, 1));
}

OP(set) {
  en_engine *engine = ENGINE;
  elements e;
  if (!elements_of(engine, slots, EN_OP_SET, 2, &e)) return en_trap_handle;
  if (e.in[0]->role != EN_ROLE_STATE || e.from[0] != e.to) return en_trap_handle;
  const int shift = e.in[1]->format - e.in[0]->format;
  if (e.in[0]->format != e.site->format || !bounded(0, shift)) return en_trap_format;
  if (e.from[1] != e.to) en_kernel_set.convert(e.from[1], e.to, e.site->rows, shift);
  return give(slots, argument(slots, 2));
}

OP(exceeds) {
  en_engine *engine = ENGINE;
  const en_record *a = vector_of(engine, argument(slots, 0)), *b = vector_of(engine, argument(slots, 1));
  if (!site_of(engine, argument(slots, 2), EN_OP_EXCEEDS) || !a || !b || a->rows != b->rows || a->rows == 0) return en_trap_handle;
  const int finest = most(a->format, b->format);
  const int64_t left = *values_of(engine, a) * ((int64_t)1 << (finest - a->format));
  const int64_t right = *values_of(engine, b) * ((int64_t)1 << (finest - b->format));
  return give(slots, left > right);
}

/* Each op again, timed. */
#define TIMED(c_name, name, arguments, code)                                                     \
  static const void *timed_##c_name(IM3Runtime runtime, IM3ImportContext context, uint64_t *slots, void *memory) { \
    en_profile *profile = ((const en_engine *)context->userdata)->profile;                                          \
    uint32_t begun = profile->ticks();                                                                              \
    const void *trap = op_##c_name(runtime, context, slots, memory);                                                \
    uint32_t taken = profile->ticks() - begun;                                                                      \
    if (taken > profile->idle) profile->taken[code] += taken - profile->idle;                                       \
    profile->calls[code]++;                                                                       \
    return trap;                                                                                                    \
  }
EN_OP_TABLE(TIMED)
#undef TIMED

M3Result en_ops_link(en_engine *engine, IM3Module module) {
  static const char *const signatures[] = {"i()", "i(i)", "i(ii)", "i(iii)", "i(iiii)", "i(iiiii)", "i(iiiiii)"};
  /* An op that the module does not import is no error. */
#define LINK(c_name, name, arguments, code)                                                                              \
  {                                                                                                                \
    M3Result result = m3_LinkRawFunctionEx(module, "ops", #name, signatures[arguments + 1],                        \
                                              engine->profile ? timed_##c_name : op_##c_name, engine); \
    if (result && result != m3Err_functionLookupFailed) return result;                                             \
  }
  EN_OP_TABLE(LINK)
#undef LINK
  return m3Err_none;
}
