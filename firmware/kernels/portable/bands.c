/* Mel bands of a power spectrum, and their logarithm. */
#include "portable.h"

static int leading_zeros(uint64_t value) {
  int zeros = 0;
  for (int step = 32; step; step >>= 1) {
    if (value >> (64 - step)) continue;
    value <<= step;
    zeros += step;
  }
  return zeros;
}

/* log2(sum · 2^exponent + 2^14) in Q16, sum < 2^48. */
static int32_t log2_q16(uint64_t sum, int exponent, const uint16_t *table) {
  int distance = EN_FRONTEND_LOG_FLOOR - exponent, unit = distance >= 0 ? exponent : EN_FRONTEND_LOG_FLOOR;
  uint64_t total = distance >= 0 ? sum + ((uint64_t)1 << distance) : (sum << -distance) + 1;
  int zeros = leading_zeros(total);
  uint32_t fraction = (uint32_t)((total << zeros) >> 31); /* the leading 1 falls off */
  const uint16_t *entry = table + (fraction >> 26);
  int32_t rise = entry[1] - entry[0];
  uint32_t part = ((uint32_t)entry[0] << 15) + (uint32_t)(rise * (int32_t)(fraction >> 11 & 0x7fff));
  return (63 - zeros + unit) * 65536 + (int32_t)((part + 0x2000) >> 14);
}

/* Every bin between the middles of two bands gives weight / 256 of its power to the upper one and the rest to the lower
   one. exponent: power · 2^exponent is |X|². */
void en_portable_bands(const uint8_t *section, const uint32_t *power, int exponent, int16_t *frame) {
  const en_frontend_head *head = (const void *)section;
  const uint16_t *widths = (const void *)(section + head->widths_at), *log = (const void *)(section + head->log_at);
  const uint8_t *weight = section + head->weights_at;
  int drop = 18 - head->format;
  uint64_t rising = 0; /* the band's share of the bins below its middle, in 1 / 256 */
  power += head->first_bin;
  for (int band = 0; band <= head->bands; band++) {
    uint64_t sum = 0;
    uint32_t low = 0, high = 0; /* 256 bins · 255 · 65535 < 2^32; halves, since 64-bit products are calls on some boards */
    for (const uint8_t *end = weight + widths[band]; weight < end; weight++, power++) {
      sum += *power;
      low += *weight * (*power & 0xffff);
      high += *weight * (*power >> 16);
    }
    uint64_t upper = ((uint64_t)high << 16) + low;
    if (band > 0) {
      int32_t level = log2_q16(rising + (sum << 8) - upper, exponent - 8, log) - head->offset * 65536;
      int32_t value = (level + (1 << (drop - 1))) >> drop;
      frame[band - 1] = (int16_t)(value > 32767 ? 32767 : value < -32768 ? -32768 : value);
    }
    rising = upper;
  }
}
