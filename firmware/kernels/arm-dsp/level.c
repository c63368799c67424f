/* How loud the samples of a hop are: eight at a time, those at the ends by portable C. */
#include "dsp.h"
#include "portable.h"

/* What en_dsp_level_of reads and writes, in this order. */
typedef struct en_dsp_loudness {
  uint32_t energy_low, energy_high;
  int16_t most[2], least[2]; /* of samples with even and odd numbers */
} en_dsp_loudness;

void en_dsp_level_of(const int16_t *pcm, size_t eights, en_dsp_loudness *);

static uint16_t greater(uint16_t peak, int value) { return value > peak ? (uint16_t)value : peak; }

void en_dsp_level(en_frontend_state *state, const int16_t *pcm, size_t samples) {
  const size_t before = (uintptr_t)pcm % 4 != 0 && samples > 0, eights = (samples - before) / 8;
  en_portable_level(state, pcm, before);
  pcm += before;
  if (eights > 0) {
    en_dsp_loudness sum = {.energy_low = state->energy_low, .energy_high = state->energy_high};
    en_dsp_level_of(pcm, eights, &sum);
    state->energy_low = sum.energy_low;
    state->energy_high = sum.energy_high;
    for (int i = 0; i < 2; i++) state->peak = greater(greater(state->peak, sum.most[i]), -sum.least[i]);
    state->counted = (uint16_t)(state->counted + 8 * eights);
  }
  en_portable_level(state, pcm + 8 * eights, samples - before - 8 * eights);
}
