/* Mel bands: what the loop of bands.S wants. */
#include "mve.h"
#include "portable.h"

/* What en_mve_bands_of reads, in this order. */
typedef struct en_mve_banding {
  uint64_t floor; /* added to 256 times a band's energy */
  const uint16_t *log;
  int32_t level;      /* Q16, for a sum of no leading zeros; rounds the feature */
  int drop;           /* bits of the level that the feature has not */
  const int16_t *end; /* of the frame */
  const uint32_t *power;
  const uint8_t *weights;
  const uint16_t *widths;
  int16_t *frame;
} en_mve_banding;

void en_mve_bands_of(const en_mve_banding *);

/* An energy times 256 has the exponent `unit`. Above the floor's it would have to be shifted first: hardly any sound is so loud. */
void en_mve_bands(const uint8_t *section, const uint32_t *power, int exponent, int16_t *frame) {
  const en_frontend_head *head = (const void *)section;
  const int unit = exponent - 8, drop = 18 - head->format;
  if (unit > EN_FRONTEND_LOG_FLOOR) {
    en_portable_bands(section, power, exponent, frame);
    return;
  }
  const en_mve_banding job = {
    .floor = (uint64_t)1 << (EN_FRONTEND_LOG_FLOOR - unit), .log = (const void *)(section + head->log_at),
    .level = (63 + unit - head->offset) * 65536 + (1 << (drop - 1)), .drop = drop, .end = frame + head->bands,
    .power = power + head->first_bin, .weights = section + head->weights_at, .widths = (const void *)(section + head->widths_at),
    .frame = frame,
  };
  en_mve_bands_of(&job);
}
