/* The stream of samples, and the check of a FRNT section. The arithmetic is the kernel set's. */
#include "frontend.h"

#include <string.h>

#include "kernels.h"

static void close_level(en_frontend_state *state);

size_t en_frontend_ram_bytes(const uint8_t *section) { return ((const en_frontend_head *)(const void *)section)->ram_bytes; }

size_t en_frontend_bands(const uint8_t *section) { return ((const en_frontend_head *)(const void *)section)->bands; }

void en_frontend_reset(const uint8_t *section, uint8_t *ram) { memset(ram, 0, en_frontend_ram_bytes(section)); }

size_t en_frontend_push(const uint8_t *section, uint8_t *ram, const int16_t *pcm, size_t samples, int16_t *frame,
                        bool *complete) {
  const en_frontend_head *head = (const void *)section;
  en_frontend_state *state = (void *)ram;
  int16_t *history = (void *)(ram + sizeof *state);
  size_t room = (size_t)(head->window - state->filled), kept = (size_t)(head->window - head->hop);
  *complete = samples >= room;
  if (*complete) samples = room;
  memcpy(history + state->filled, pcm, samples * sizeof *pcm);
  en_kernel_set.level(state, pcm, samples);
  state->filled = (uint16_t)(state->filled + samples);
  if (!*complete) return samples;

  uint32_t *spectrum = (void *)(history + head->window);
  en_kernel_set.bands(section, spectrum, en_kernel_set.power(section, history, spectrum), frame);
  memmove(history, history + head->hop, kept * sizeof *history);
  state->filled = (uint16_t)kept;
  close_level(state);
  return samples;
}

void en_frontend_level(const uint8_t *ram, uint16_t *peak, uint16_t *rms) {
  const en_frontend_state *state = (const void *)ram;
  *peak = state->level_peak;
  *rms = state->level_rms;
}

/* The root of the mean, rounded down, without the 64-bit division: next² ≤ energy / counted. Samples reach 2^15, so it fits. */
static void close_level(en_frontend_state *state) {
  const uint64_t energy = (uint64_t)state->energy_high << 32 | state->energy_low;
  uint32_t root = 0;
  for (uint32_t bit = 1 << 15; bit; bit >>= 1) {
    uint32_t next = root | bit;
    if ((uint64_t)(next * next) * state->counted <= energy) root = next;
  }
  state->level_peak = state->peak;
  state->level_rms = (uint16_t)root;
  state->energy_low = state->energy_high = 0;
  state->counted = state->peak = 0;
}

static bool within(int value, int least, int most) { return value >= least && value <= most; }

static bool within_limits(const en_frontend_head *head) {
  return within(head->sample_rate, EN_FRONTEND_SAMPLE_RATE_LEAST, EN_FRONTEND_SAMPLE_RATE_MOST) &&
         within(head->fft, EN_FRONTEND_FFT_LEAST, EN_FRONTEND_FFT_MOST) && (head->fft & (head->fft - 1)) == 0 &&
         within(head->window, EN_FRONTEND_WINDOW_LEAST, head->fft) && head->window % 4 == 0 &&
         (2 * head->window > head->fft || head->fft == EN_FRONTEND_FFT_LEAST) && within(head->hop, 1, head->window) &&
         within(head->bands, EN_FRONTEND_BANDS_LEAST, EN_FRONTEND_BANDS_MOST) && head->low_hz > 0 &&
         within(head->high_hz, head->low_hz + 1, (head->sample_rate - 1) / 2) &&
         within(head->offset, EN_FRONTEND_OFFSET_LEAST, EN_FRONTEND_OFFSET_MOST) &&
         within(head->format, EN_FRONTEND_FORMAT_LEAST, EN_FRONTEND_FORMAT_MOST) && head->reserved == 0;
}

/* Whether a table of so many bytes begins at `*at`; moves that to where the next one begins. */
static bool follows(uint16_t place, int bytes, int *at) {
  bool here = place == *at;
  *at += (bytes + 3) & ~3;
  return here;
}

static bool laid_out(const en_frontend_head *head) {
  int at = sizeof *head, bands = head->bands;
  return follows(head->window_at, head->window, &at) && follows(head->sine_at, 2 * head->fft, &at) &&
         follows(head->log_at, 2 * (EN_FRONTEND_LOG_STEPS + 1), &at) &&
         follows(head->widths_at, 2 * (bands + 1), &at) && head->weights_at == at && head->length >= at &&
         head->ram_bytes == sizeof(en_frontend_state) + 2u * head->window + 2u * head->fft;
}

/* Rotations must not lengthen, or the sums of a stage would leave 32 bits. */
static bool rotates(const int16_t *sine, int fft) {
  for (int i = 0; i < fft; i++) {
    int32_t s = sine[i], c = sine[(i + fft / 4) & (fft - 1)];
    if (s < -32767 || (uint32_t)(s * s) + (uint32_t)(c * c) > (1u << 30) + (1u << 16)) return false;
  }
  return true;
}

en_error en_frontend_check(const uint8_t *section, size_t length) {
  const en_frontend_head *head = (const void *)section;
  if (length < sizeof *head || length < head->length) return EN_TRUNCATED;
  if (!within_limits(head)) return EN_LIMIT;
  if (length > head->length || !laid_out(head)) return EN_SECTION;
  const uint16_t *widths = (const void *)(section + head->widths_at);
  int bins = 0;
  for (int band = 0; band <= head->bands; band++) {
    if (widths[band] > EN_FRONTEND_WIDTH_MOST) return EN_SECTION;
    bins += widths[band];
  }
  if (head->first_bin < 1 || head->first_bin + bins > head->fft / 2) return EN_SECTION;
  if (head->weights_at + ((bins + 3) & ~3) != head->length) return EN_SECTION;
  return rotates((const void *)(section + head->sine_at), head->fft) ? EN_OK : EN_SECTION;
}
