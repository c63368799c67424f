/* The C library's memcpy is built for size and copies byte by byte; wasm3 copies a cell's constants at every step. */
#include <stddef.h>
#include <stdint.h>

typedef struct four_words {
  uint32_t words[4];
} four_words;

__attribute__((optimize("no-tree-loop-distribute-patterns"))) void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  uint8_t *t = to;
  const uint8_t *f = from;
  if ((((uintptr_t)t | (uintptr_t)f) & 3) == 0) {
    for (; count >= sizeof(four_words); count -= sizeof(four_words), t += sizeof(four_words), f += sizeof(four_words)) {
      *(four_words *)(void *)t = *(const four_words *)(const void *)f;
    }
    for (; count >= 4; count -= 4, t += 4, f += 4) *(uint32_t *)(void *)t = *(const uint32_t *)(const void *)f;
  }
  while (count--) *t++ = *f++;
  return to;
}
