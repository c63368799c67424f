/* firmware/common/ring.h: what goes in comes out in order, what finds no room is counted, and nothing changes when the counters
   wrap. */
#include "../../firmware/common/ring.h"

#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 16, ROUNDS = 100 };

#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      fprintf(stderr, "line %d: %s (from %u)\n", __LINE__, #condition, from); \
      exit(1); \
    } \
  } while (0)

/* Rounds of 1 to 24 bytes in and up to 20 out, from counters that stand at `from`. */
static void turn(uint32_t from) {
  uint8_t bytes[SIZE], out[20], next_in = 0, next_out = 0;
  en_ring ring = {.bytes = bytes, .mask = SIZE - 1, .in = from, .out = from};
  uint32_t held = 0, lost = 0;
  CHECK(en_ring_empty(&ring) && en_ring_take(&ring, out, sizeof out) == 0);
  for (uint32_t round = 0; round < ROUNDS; round++) {
    for (uint32_t i = 0; i < 1 + round * 7 % 24; i++) {
      const uint32_t before = ring.overruns;
      en_ring_put(&ring, next_in);
      CHECK(ring.overruns == before + (held == SIZE));
      if (held == SIZE) {
        lost++;
      } else {
        held++;
        next_in++; /* a lost byte leaves no gap among those that are kept */
      }
    }
    CHECK(!en_ring_empty(&ring));
    const uint32_t room = round * 5 % 21, count = (uint32_t)en_ring_take(&ring, out, room);
    CHECK(count == (room < held ? room : held));
    for (uint32_t i = 0; i < count; i++) CHECK(out[i] == next_out++);
    held -= count;
  }
  CHECK(lost > 0 && ring.overruns == lost);
  CHECK(from < 0x80000000u || ring.in < from); /* it has wrapped */
}

int main(void) {
  turn(0);
  for (uint32_t before = 0; before < 40; before++) turn(0u - before - 1);
  return 0;
}
