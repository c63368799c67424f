/* A chip that is a table of registers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cortex-m.h"
#include "listen.h"

#define CHECK(what) \
  do { \
    if (!(what)) { \
      fprintf(stderr, "line %d: %s\n", __LINE__, #what); \
      exit(1); \
    } \
  } while (0)

/* What is at an address, 0 at first. */
static volatile uint32_t *cell(uintptr_t address) {
  static struct { uintptr_t address; volatile uint32_t value; } cells[128];
  for (int i = 0; i < 128; i++) {
    if (cells[i].address == 0) cells[i].address = address;
    if (cells[i].address == address) return &cells[i].value;
  }
  fprintf(stderr, "too many registers\n");
  exit(1);
}

/* A tone on half of the scale, from a quarter to three: what a converter of so many bits makes of it. */
static inline uint32_t tone(int n, int bits) { return (uint32_t)lround(ldexp(1, bits - 1) * (1 + 0.5 * sin(n * 0.5))); }

/* Samples that came of `tone` from `n` on: within what the high pass does to it, and in their order. */
static inline void check_tone(const int16_t *samples, size_t count, int n) {
  for (size_t i = 0; i < count; i++) CHECK(fabs(samples[i] - 16384 * sin((n + (int)i) * 0.5)) < 700);
}
