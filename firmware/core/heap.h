/* The heap of wasm3, its only user: first fit in one block of RAM that the board gives, counted to the byte. */
#ifndef EN_HEAP_H
#define EN_HEAP_H

#include <stddef.h>
#include <stdint.h>

/* Takes `memory`, aligned to 8, and frees everything in it. */
void en_heap_open(uint8_t *memory, size_t bytes);
size_t en_heap_used(void); /* bytes in use, block heads included */
size_t en_heap_most(void); /* the most since it was opened */

/* What wasm3 calls instead of the C library's (firmware/cmake/wasm3.cmake). NULL when there is no room. */
void *en_heap_calloc(size_t count, size_t bytes);
void *en_heap_realloc(void *block, size_t bytes);
void en_heap_free(void *block);

#endif
