/* Mel bands of a power spectrum, and their logarithm, in pairs of 32 bits: shifts of 64 bits are calls here. */
#include "m0.h"

typedef struct sums {
  uint64_t rising, falling; /* 256 times the shares of the bands above and below */
} sums;

typedef struct wide {
  uint32_t high, low;
} wide;

void en_m0_band_sums(const uint32_t *power, const uint8_t *weight, const uint8_t *end, sums *);

/* The same as logarithms want it: 2^zeros · total, whose first bit is 1. total is not 0. */
static wide normalized(uint64_t total, int *zeros) {
  wide w = {(uint32_t)(total >> 32), (uint32_t)total};
  int count = 0;
  if (w.high == 0) {
    w = (wide){w.low, 0};
    count = 32;
  }
  for (int step = 16; step; step >>= 1) {
    if (w.high >> (32 - step)) continue;
    w.high = w.high << step | w.low >> (32 - step);
    w.low <<= step;
    count += step;
  }
  *zeros = count;
  return w;
}

/* log2(total · 2^unit) in Q16 */
static int32_t log2_q16(uint64_t total, int unit, const uint16_t *table) {
  int zeros;
  const wide w = normalized(total, &zeros);
  const uint32_t fraction = w.high << 1 | w.low >> 31; /* the leading 1 falls off */
  const uint16_t *entry = table + (fraction >> 26);
  const int32_t rise = entry[1] - entry[0];
  const uint32_t part = ((uint32_t)entry[0] << 15) + (uint32_t)(rise * (int32_t)(fraction >> 11 & 0x7fff));
  return (63 - zeros + unit) * 65536 + (int32_t)((part + 0x2000) >> 14);
}

/* exponent: power · 2^exponent is |X|². */
void en_m0_bands(const uint8_t *section, const uint32_t *power, int exponent, int16_t *frame) {
  const en_frontend_head *head = (const void *)section;
  const uint16_t *widths = (const void *)(section + head->widths_at), *log = (const void *)(section + head->log_at);
  const uint8_t *weight = section + head->weights_at;
  const int drop = 18 - head->format;
  /* Sums are in units of 2^unit · 2^raise; the floor joins them there. */
  const int unit = exponent - 8, raise = unit > EN_FRONTEND_LOG_FLOOR ? unit - EN_FRONTEND_LOG_FLOOR : 0;
  const uint64_t floor = (uint64_t)1 << (raise ? 0 : EN_FRONTEND_LOG_FLOOR - unit);
  uint64_t rising = 0;
  power += head->first_bin;
  for (int band = 0; band <= head->bands; band++) {
    const uint8_t *end = weight + widths[band];
    sums bins;
    en_m0_band_sums(power, weight, end, &bins);
    if (band > 0) {
      uint64_t energy = rising + bins.falling;
      if (raise) energy <<= raise;
      const int32_t level = log2_q16(energy + floor, unit - raise, log) - head->offset * 65536;
      const int32_t value = (level + (1 << (drop - 1))) >> drop;
      frame[band - 1] = (int16_t)(value > 32767 ? 32767 : value < -32768 ? -32768 : value);
    }
    rising = bins.rising;
    power += widths[band];
    weight = end;
  }
}
