/* What the files of the ops share: handles to records and values. */
#ifndef EN_OPS_H
#define EN_OPS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine.h"

/* wasm3's calling convention: slot 0 takes the result, the arguments follow, each in 8 bytes. */
#define OP_OF(name) const void *op_##name(IM3Runtime runtime, IM3ImportContext context, uint64_t *slots, void *memory)
#define ENGINE ((void)runtime, (void)memory, (en_engine *)context->userdata)

/* The engine of an op that is given its own code. */
static inline en_engine *engine_at(const uint8_t *code) {
  return (en_engine *)(void *)(uintptr_t)(code - *code - offsetof(en_engine, codes));
}

/* What an op returns instead of a result; compared by address. */
extern const char en_trap_handle[], en_trap_format[], en_trap_full[], en_trap_symbol[];

static inline int32_t argument(const uint64_t *slots, int index) { return (int32_t)(uint32_t)slots[1 + index]; }

static inline const void *give(uint64_t *slots, int32_t result) {
  *(int32_t *)(void *)slots = result;
  return m3Err_none;
}

static inline const en_record *record_of(const en_engine *engine, int32_t handle) {
  return (uint32_t)handle < engine->handles ? &engine->records[handle] : NULL;
}

static inline const en_record *site_of(const en_engine *engine, int32_t handle, uint8_t op) {
  const en_record *site = record_of(engine, handle);
  return site && site->op == op ? site : NULL;
}

_Static_assert(EN_ROLE_MATRIX >> 1 == EN_ROLE_BIAS >> 1 && EN_ROLE_STATE >> 1 != 1 && EN_ROLE_VECTOR >> 1 != 1, "one comparison for both");

/* A record that has values, whatever their kind. */
static inline const en_record *memory_of(const en_engine *engine, int32_t handle) {
  const en_record *vector = record_of(engine, handle);
  return vector && vector->role >> 1 != EN_ROLE_MATRIX >> 1 ? vector : NULL;
}

static inline int16_t *values_of(const en_engine *engine, const en_record *record) {
  const uint8_t *start = record->role == EN_ROLE_VECTOR ? engine->model : engine->ram;
  return (int16_t *)(uintptr_t)(start + record->offset);
}

static inline uint32_t bytes_of(const en_record *record) { return (uint32_t)record->rows << record->kind; }

/* Whether an op can write its result while it reads its argument, in whatever order a kernel works: they do not overlap, or, for
   an element-wise op, are the same. */
static inline bool apart(const void *argument, size_t bytes, const void *result, size_t result_bytes) {
  const uintptr_t from = (uintptr_t)argument, to = (uintptr_t)result;
  return from >= to + result_bytes || to >= from + bytes;
}

#endif
