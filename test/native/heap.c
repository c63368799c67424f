/* The heap of wasm3 under random use: blocks are zero at first, keep what is written, never overlap, and all come back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"

enum { BYTES = 4096, BLOCKS = 40 };

#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
      exit(1); \
    } \
  } while (0)

static uint8_t memory[BYTES] __attribute__((aligned(8)));
static uint8_t *blocks[BLOCKS];
static size_t sizes[BLOCKS];

static uint32_t random_state = 1;
static uint32_t below(uint32_t count) {
  random_state = random_state * 1664525u + 1013904223u;
  return (random_state >> 8) % count;
}

static void check_content(int i, size_t bytes) {
  for (size_t b = 0; b < bytes; b++) CHECK(blocks[i][b] == (uint8_t)(i + 1));
}

static void resize(int i, size_t bytes) {
  size_t kept = bytes < sizes[i] ? bytes : sizes[i];
  uint8_t *block = blocks[i] ? en_heap_realloc(blocks[i], bytes) : en_heap_calloc(1, bytes);
  if (!block) return;
  CHECK((uintptr_t)block % 8 == 0);
  if (!blocks[i]) for (size_t b = 0; b < bytes; b++) CHECK(block[b] == 0);
  blocks[i] = block;
  check_content(i, kept);
  memset(block, i + 1, bytes);
  sizes[i] = bytes;
}

int main(void) {
  en_heap_open(memory, BYTES);
  void *most = en_heap_calloc(1, BYTES - 8);
  CHECK(most && !en_heap_calloc(1, 1) && !en_heap_calloc(SIZE_MAX, 2));
  en_heap_free(most);
  for (int round = 0; round < 100000; round++) {
    int i = (int)below(BLOCKS);
    if (blocks[i] && below(3) == 0) {
      check_content(i, sizes[i]);
      en_heap_free(blocks[i]);
      blocks[i] = NULL;
      sizes[i] = 0;
    } else {
      resize(i, 1 + below(300));
    }
    CHECK(en_heap_used() <= BYTES);
  }
  for (int i = 0; i < BLOCKS; i++) en_heap_free(blocks[i]);
  CHECK(en_heap_used() == 0);
  CHECK(en_heap_calloc(1, BYTES - 8));
  return 0;
}
