#include "i2s-clock.h"

enum { WHOLE_LEAST = 2, WHOLE_MOST = 255, PARTS_MOST = 511 };

/* The fraction of least error with a denominator up to `PARTS_MOST`: rest / divisor ≈ b / a. */
static void nearest(uint32_t rest, uint32_t divisor, uint32_t *b, uint32_t *a) {
  uint64_t least = ~(uint64_t)0; /* error · a0 · divisor against error · a · divisor: compared crosswise */
  *b = 0;
  *a = 1;
  for (uint32_t parts = 1; parts <= PARTS_MOST; parts++) {
    const uint32_t wanted = (uint32_t)(((uint64_t)rest * parts + divisor / 2) / divisor);
    const int64_t off = (int64_t)((uint64_t)rest * parts) - (int64_t)((uint64_t)wanted * divisor);
    const uint64_t error = (uint64_t)(off < 0 ? -off : off);
    if (least != ~(uint64_t)0 && error * *a >= least * parts) continue;
    least = error;
    *b = wanted;
    *a = parts;
  }
}

bool en_i2s_clock_for(uint32_t source_hertz, uint32_t rate, en_i2s_clock *clock) {
  if (rate == 0 || rate > source_hertz / EN_I2S_FRAME_BITS / EN_I2S_BIT_DIVIDER / WHOLE_LEAST) return false;
  const uint32_t master = rate * EN_I2S_FRAME_BITS * EN_I2S_BIT_DIVIDER;
  uint32_t a, b, whole = source_hertz / master;
  nearest(source_hertz % master, master, &b, &a);
  if (b == a) {
    whole++;
    b = 0;
  }
  if (whole > WHOLE_MOST) return false;
  const uint32_t part = 2 * b > a ? a - b : b;
  *clock = (en_i2s_clock){.whole = whole};
  if (part == 0) return true;
  clock->x = a / part - 1;
  clock->y = a % part;
  clock->z = part;
  clock->yn1 = 2 * b > a;
  return true;
}
