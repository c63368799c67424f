/* Mel bands: what the loop of bands.S wants. */
#include "dsp.h"

/* What en_dsp_bands_of reads, in this order. */
typedef struct en_dsp_banding {
  uint64_t floor;      /* added to 256 times a band's energy */
  uint32_t rounding;   /* of the interpolated logarithm, before it loses 14 bits */
  const uint16_t *log;
  int32_t level;       /* Q16, for a sum of no leading zeros; rounds the feature */
  int drop;            /* bits of the level that the feature has not; in the upper half, how far to shift energies first */
  const int16_t *end;  /* of the frame */
  const uint32_t *power;
  const uint8_t *weights;
  const uint16_t *widths;
  int16_t *frame;
} en_dsp_banding;

void en_dsp_bands_of(const en_dsp_banding *);

void en_dsp_bands(const uint8_t *section, const uint32_t *power, int exponent, int16_t *frame) {
  const en_frontend_head *head = (const void *)section;
  /* An energy times 256 has this exponent; if it is above the floor's, the energy is shifted first. */
  const int given = exponent - 8, unit = given < EN_FRONTEND_LOG_FLOOR ? given : EN_FRONTEND_LOG_FLOOR, drop = 18 - head->format;
  const en_dsp_banding job = {
    .floor = (uint64_t)1 << (EN_FRONTEND_LOG_FLOOR - unit), .rounding = 0x2000, .log = (const void *)(section + head->log_at),
    .level = (63 + unit - head->offset) * 65536 + (1 << (drop - 1)), .drop = drop | (given - unit) << 16,
    .end = frame + head->bands, .power = power + head->first_bin, .weights = section + head->weights_at,
    .widths = (const void *)(section + head->widths_at), .frame = frame,
  };
  en_dsp_bands_of(&job);
}
