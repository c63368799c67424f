/* The C library's memcpy is built for size and copies byte by byte; wasm3 copies a cell's constants at every step. */
#include <stddef.h>
#include <stdint.h>

/* Without the option gcc finds that the loop is memcpy, and calls it. */
__attribute__((optimize("no-tree-loop-distribute-patterns"))) void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  uint8_t *t = to;
  const uint8_t *f = from;
  if ((((uintptr_t)t | (uintptr_t)f) & 3) == 0) {
    uint32_t *words = to;
    const uint32_t *from_words = from;
    for (; count >= 16; count -= 16, words += 4, from_words += 4) {
      const uint32_t a = from_words[0], b = from_words[1], c = from_words[2], d = from_words[3];
      words[0] = a;
      words[1] = b;
      words[2] = c;
      words[3] = d;
    }
    for (; count >= 4; count -= 4) *words++ = *from_words++;
    t = (uint8_t *)words;
    f = (const uint8_t *)from_words;
  }
  while (count--) *t++ = *f++;
  return to;
}
