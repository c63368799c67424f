/* How loud the samples of a hop are. */
#include "portable.h"

void en_portable_level(en_frontend_state *state, const int16_t *pcm, size_t samples) {
  uint64_t energy = (uint64_t)state->energy_high << 32 | state->energy_low;
  int32_t peak = state->peak;
  for (size_t i = 0; i < samples; i++) {
    int32_t x = pcm[i] < 0 ? -pcm[i] : pcm[i];
    energy += (uint32_t)(x * x);
    if (x > peak) peak = x;
  }
  state->energy_low = (uint32_t)energy;
  state->energy_high = (uint32_t)(energy >> 32);
  state->peak = (uint16_t)peak;
  state->counted = (uint16_t)(state->counted + samples);
}
