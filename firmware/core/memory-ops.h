/* The ops of memory-ops.c: all from EN_OP_ROWS_DOT on. */
#ifndef EN_MEMORY_OPS_H
#define EN_MEMORY_OPS_H

#include "ops.h"

/* Any of them; its userdata points to its code within `codes` of the engine. */
const void *en_memory_op(IM3Runtime runtime, IM3ImportContext context, uint64_t *slots, void *memory);

#endif
