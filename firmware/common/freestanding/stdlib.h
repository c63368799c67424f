/* What of <stdlib.h> wasm3 calls: core/heap.h. */
#ifndef EN_STDLIB_H
#define EN_STDLIB_H

#include <stddef.h>

void *calloc(size_t count, size_t bytes);
void *realloc(void *block, size_t bytes);
void free(void *block);

#endif
