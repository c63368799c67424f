#include "heap.h"

#include <string.h>

/* Blocks lie one behind the other; a head is the size of its block, itself included, with bit 0 set while it is in use. */
typedef union { size_t size; uint64_t align; } head;

static uint8_t *start, *end;
static size_t used, most;

static head *head_at(uint8_t *at) { return (head *)(void *)at; }
static size_t rounded(size_t bytes) { return (bytes + sizeof(head) - 1) / sizeof(head) * sizeof(head); }

void en_heap_open(uint8_t *memory, size_t bytes) {
  start = memory;
  end = memory + bytes / sizeof(head) * sizeof(head);
  used = most = 0;
  if (start < end) head_at(start)->size = (size_t)(end - start);
}

size_t en_heap_used(void) { return used; }
size_t en_heap_most(void) { return most; }

static void charge(size_t bytes) {
  used += bytes;
  if (used > most) most = used;
}

/* Joins the free blocks that follow a free block. */
static void join(head *block) {
  for (;;) {
    uint8_t *next = (uint8_t *)block + block->size;
    if (next >= end || (head_at(next)->size & 1)) return;
    block->size += head_at(next)->size;
  }
}

/* Gives back what a block has beyond `wanted`. */
static void split(head *block, size_t wanted) {
  if (block->size - wanted < 2 * sizeof(head)) return;
  head_at((uint8_t *)block + wanted)->size = block->size - wanted;
  block->size = wanted;
}

void *en_heap_calloc(size_t count, size_t bytes) {
  if (bytes != 0 && count > (SIZE_MAX / 2) / bytes) return NULL;
  size_t wanted = rounded(count * bytes) + sizeof(head);
  for (uint8_t *at = start; at < end; at += head_at(at)->size & ~(size_t)1) {
    head *block = head_at(at);
    if (block->size & 1) continue;
    join(block);
    if (block->size < wanted) continue;
    split(block, wanted);
    charge(block->size);
    memset(block + 1, 0, block->size - sizeof(head));
    block->size |= 1;
    return block + 1;
  }
  return NULL;
}

void en_heap_free(void *memory) {
  if (!memory) return;
  head *block = (head *)memory - 1;
  block->size &= ~(size_t)1;
  used -= block->size;
}

void *en_heap_realloc(void *memory, size_t bytes) {
  if (!memory) return en_heap_calloc(1, bytes);
  head *block = (head *)memory - 1;
  size_t old = (block->size & ~(size_t)1) - sizeof(head);
  if (bytes > SIZE_MAX / 2) return NULL;
  if (rounded(bytes) <= old) {
    used -= old + sizeof(head);
    block->size = old + sizeof(head);
    split(block, rounded(bytes) + sizeof(head));
    charge(block->size);
    block->size |= 1;
    return memory;
  }
  void *moved = en_heap_calloc(1, bytes);
  if (!moved) return NULL;
  memcpy(moved, memory, old);
  en_heap_free(memory);
  return moved;
}
