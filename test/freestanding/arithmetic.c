/* firmware/common/freestanding/arithmetic.c against the compiler's own arithmetic, on values of every length. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define __umulsidi3 en_umulsidi3
#define __muldi3 en_muldi3
#define __udivsi3 en_udivsi3
#define __umodsi3 en_umodsi3
#define __divsi3 en_divsi3
#define __udivdi3 en_udivdi3
#define __umoddi3 en_umoddi3
#define __divdi3 en_divdi3
#include "../../firmware/common/freestanding/arithmetic.c"

enum { DRAWS = 2000000 };

#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      fprintf(stderr, "%s with %#llx, %#llx\n", #condition, (unsigned long long)a, (unsigned long long)b); \
      exit(1); \
    } \
  } while (0)

static uint64_t state = 1;
static uint64_t draw(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  uint64_t high = state >> 32;
  state = state * 6364136223846793005u + 1442695040888963407u;
  uint64_t value = high << 32 | state >> 32;
  unsigned length = (unsigned)(state >> 20) % 65;
  value = length == 0 ? 0 : value >> (64 - length);
  return state >> 40 & 1 ? value : 0 - value;
}

static void check(uint64_t a, uint64_t b) {
  uint32_t x = (uint32_t)a, y = (uint32_t)b;
  int64_t s = (int64_t)a, t = (int64_t)b;
  int32_t u = (int32_t)x, v = (int32_t)y;
  CHECK(en_umulsidi3(x, y) == (uint64_t)x * y);
  CHECK((uint64_t)en_muldi3(s, t) == a * b);
  if (b != 0) CHECK(en_udivdi3(a, b) == a / b && en_umoddi3(a, b) == a % b);
  if (y != 0) CHECK(en_udivsi3(x, y) == x / y && en_umodsi3(x, y) == x % y);
  if (b != 0 && (s != INT64_MIN || t != -1)) CHECK(en_divdi3(s, t) == s / t);
  if (y != 0 && (u != INT32_MIN || v != -1)) CHECK(en_divsi3(u, v) == u / v);
}

int main(void) {
  const uint64_t edges[] = {0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, INT64_MAX, 0x8000000000000000, UINT64_MAX};
  for (int i = 0; i < 10; i++) {
    for (int j = 0; j < 10; j++) check(edges[i], edges[j]);
  }
  for (int i = 0; i < DRAWS; i++) {
    uint64_t a = draw();
    check(a, draw());
  }
  return 0;
}
