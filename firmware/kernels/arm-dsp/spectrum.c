/* Window, FFT and power from the loops of spectrum-window.S and spectrum.S. */
#include <stdbool.h>
#include <string.h>

#include "dsp.h"
#include "portable.h"

/* What en_dsp_window reads, in this order. Counters have their bits where RBIT makes offsets of them. */
typedef struct en_dsp_windowing {
  const int16_t *window, *samples, *end;
  int16_t *z, *middle;
  uint32_t first, last, step; /* words of the window */
  int shift;
  int32_t rounding;
} en_dsp_windowing;

/* What en_dsp_stage_N reads, in this order. */
typedef struct en_dsp_stage {
  int16_t *y;
  uint32_t leg, legs; /* bytes of a quarter, and of three */
  const int16_t *z;
  int index_shift;    /* from a value's offset in its quarter to that of its angle; 0 for the last stage */
  const int16_t *sine, *cosine;
  uint32_t back;      /* from behind the last group to the next value of the first */
  const int16_t *end; /* of the first quarter */
  uint32_t groups;    /* less one, in the upper half; 2^13 in the lower */
} en_dsp_stage;

typedef uint32_t masking(const int16_t *window, const int16_t *samples, const int16_t *end, size_t fours);
masking en_dsp_window_loud, en_dsp_window_quiet;
bool en_dsp_window(const en_dsp_windowing *);
uint32_t en_dsp_pairs(int16_t *z, size_t pairs_of_pairs);
uint32_t en_dsp_fours(int16_t *z, size_t fours);
uint32_t en_dsp_fours_wide(int16_t *z, size_t fours);
uint32_t en_dsp_stage_0(const en_dsp_stage *);
uint32_t en_dsp_stage_1(const en_dsp_stage *);
uint32_t en_dsp_stage_2(const en_dsp_stage *);
uint32_t en_dsp_stage_3(const en_dsp_stage *);
void en_dsp_squares(uint32_t *spectrum, size_t points, const int16_t *sine, int bits);

static int bits_of(uint32_t mask);
static int window_bits(const en_frontend_head *head, const int16_t *window, const int16_t *samples);
static int masked_bits(const en_frontend_head *head, const int16_t *window, const int16_t *samples, masking *mask);
static bool windowed(const en_frontend_head *head, const int16_t *window, const int16_t *samples, int16_t *z, int shift);
static uint32_t stage(int16_t *z, int points, int quarter, const int16_t *sine, int shift);

int en_dsp_power(const uint8_t *section, const int16_t *samples, uint32_t *spectrum) {
  const en_frontend_head *head = (const void *)section;
  const int16_t *window = (const void *)(section + head->window_at), *sine = (const void *)(section + head->sine_at);
  int16_t *z = (int16_t *)spectrum;
  int points = head->fft / 2, bits = window_bits(head, window, samples), shift = bits > 14 ? bits - 14 : 0;
  bool limit = windowed(head, window, samples, z, shift), odd = __builtin_ctz((unsigned)points) % 2 == 1;
  int exponent = shift - 15 + (odd ? 1 : 2), quarter = odd ? 2 : 4;
  bits = bits_of((odd ? en_dsp_pairs : limit ? en_dsp_fours_wide : en_dsp_fours)(z, (size_t)points / 4));
  for (; quarter < points; quarter *= 4) {
    shift = bits > 12 ? bits - 12 : 0;
    exponent += shift;
    bits = bits_of(stage(z, points, quarter, sine, shift));
  }
  if (bits < 10) bits = 10;
  if (bits > 14) en_portable_squares(spectrum, points, sine, bits);
  else en_dsp_squares(spectrum, (size_t)points, sine, bits);
  return 2 * (exponent + bits - 14);
}

/* Of a mask (spectrum.S). */
static int bits_of(uint32_t mask) { return 31 - __builtin_clz((mask & 0xFFFF) | mask >> 16 | 1); }

/* The bits of window times samples, if they are more than 14. */
static int window_bits(const en_frontend_head *head, const int16_t *window, const int16_t *samples) {
  int bits = masked_bits(head, window, samples, en_dsp_window_loud);
  return bits > 0 ? bits + 16 : masked_bits(head, window, samples, en_dsp_window_quiet) + 2;
}

/* Where the ends meet in the middle of a four, that four comes once more. */
static int masked_bits(const en_frontend_head *head, const int16_t *window, const int16_t *samples, masking *mask) {
  const size_t half = head->window / 2;
  const int16_t *end = samples + head->window;
  uint32_t all = mask(window, samples, end, half / 4);
  if (half % 4 != 0) all |= mask(window + half - 4, samples + half - 4, end - half + 4, 1);
  return bits_of(all);
}

static bool windowed(const en_frontend_head *head, const int16_t *window, const int16_t *samples, int16_t *z, int shift) {
  const int place = __builtin_clz(head->fft); /* a point's number this far to the left is, turned round, the offset of its place */
  const en_dsp_windowing job = {
    .window = window, .samples = samples, .end = samples + head->window, .z = z, .middle = z + head->fft / 2,
    .first = 0, .last = (uint32_t)(head->window / 2 - 2) << place, .step = 2u << place,
    .shift = shift, .rounding = (1 << shift) >> 1,
  };
  if (head->window < head->fft) memset(z, 0, 2 * (size_t)head->fft);
  return en_dsp_window(&job);
}

static uint32_t stage(int16_t *z, int points, int quarter, const int16_t *sine, int shift) {
  static uint32_t (*const stages[])(const en_dsp_stage *) = {en_dsp_stage_0, en_dsp_stage_1, en_dsp_stage_2, en_dsp_stage_3};
  const int groups = points / (4 * quarter);
  const uint32_t leg = 4 * (uint32_t)quarter;
  const en_dsp_stage job = {
    .y = z, .leg = leg, .legs = 3 * leg, .z = z, .index_shift = __builtin_ctz((unsigned)groups),
    .sine = sine, .cosine = sine + points / 2, .back = 4 * (uint32_t)points - 4, .end = z + 2 * quarter,
    .groups = (uint32_t)(groups - 1) << 16 | 0x2000,
  };
  return stages[shift](&job);
}
