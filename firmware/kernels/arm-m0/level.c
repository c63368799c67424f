/* How loud the samples of a hop are: their greatest magnitude is the root of their greatest square. */
#include "m0.h"

uint32_t en_m0_energy(const int16_t *pcm, size_t pairs, uint64_t *energy, uint32_t most);

static uint32_t root_of(uint32_t square) {
  uint32_t root = 0;
  for (uint32_t bit = 1 << 15; bit; bit >>= 1) {
    const uint32_t next = root | bit;
    if (next * next <= square) root = next;
  }
  return root;
}

void en_m0_level(en_frontend_state *state, const int16_t *pcm, size_t samples) {
  const uint32_t before = (uint32_t)state->peak * state->peak;
  uint64_t energy = (uint64_t)state->energy_high << 32 | state->energy_low;
  uint32_t most = before;
  if (samples >= 2) most = en_m0_energy(pcm, samples / 2, &energy, most);
  if (samples % 2) {
    const int32_t last = pcm[samples - 1];
    const uint32_t square = (uint32_t)(last * last);
    energy += square;
    if (square > most) most = square;
  }
  state->energy_low = (uint32_t)energy;
  state->energy_high = (uint32_t)(energy >> 32);
  if (most > before) state->peak = (uint16_t)root_of(most);
  state->counted = (uint16_t)(state->counted + samples);
}
