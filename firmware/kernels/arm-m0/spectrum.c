/* The order of the spectrum's stages; spectrum.S has their loops. */
#include <stdbool.h>
#include <string.h>

#include "m0.h"
#include "portable.h"

enum { FRACTION = 13 }; /* bits that rotated values are wider */

typedef struct windowed_job {
  int16_t *z;
  const int16_t *samples, *window;
  size_t half, points;
  int shift;
} windowed_job;

typedef struct rotated_job {
  int16_t *z;
  size_t leg, leg2, leg3, leg4; /* bytes from a quarter to the next, and multiples */
  const int16_t *end, *sine;
  size_t cosine, step; /* bytes in the table: from sine to cosine, from an angle to the next */
  int32_t half;
  int shift;
} rotated_job;

uint32_t en_m0_window_mask(const int16_t *window, const int16_t *samples, size_t half);
void en_m0_windowed(const windowed_job *);
uint32_t en_m0_mask(const int16_t *z, size_t points);
void en_m0_pairs(int16_t *z, size_t points);
void en_m0_plain(int16_t *z, const int16_t *end, size_t leg, int shift);
void en_m0_rotated(const rotated_job *);
void en_m0_squares(uint32_t *spectrum, size_t points, const int16_t *sine, int bits);

/* Of an OR of x ^ 2 x: −2^bits ≤ x < 2^bits. */
static int bits_of(uint32_t mask) {
  int bits = 0;
  while (mask >>= 1) bits++;
  return bits;
}

static int bits_of_halves(uint32_t mask) { return bits_of((mask | mask >> 16) & 0xfffe); }

static int windowed(const en_frontend_head *head, const int16_t *window, const int16_t *samples, int16_t *z) {
  const size_t half = head->window / 2, points = head->fft / 2;
  const int bits = bits_of(en_m0_window_mask(window, samples, half)), shift = bits > 14 ? bits - 14 : 0;
  if (half < points) memset(z, 0, 4 * points);
  const windowed_job job = {z, samples, window, half, points, shift};
  en_m0_windowed(&job);
  return shift - 15;
}

static void stage(int16_t *z, size_t points, size_t quarter, const int16_t *sine, size_t fft, int shift) {
  const int16_t *end = z + 2 * points;
  const size_t leg = 4 * quarter;
  en_m0_plain(z, end, leg, shift);
  if (quarter == 1) return;
  const size_t step = fft / (4 * quarter);
  const rotated_job job = {z, leg, 2 * leg, 3 * leg, 4 * leg, end, sine, fft / 4 * sizeof *sine, step * sizeof *sine,
                           1 << (FRACTION + shift - 1), FRACTION + shift};
  en_m0_rotated(&job);
}

/* The loop over a window takes four samples at a time. */
int en_m0_power(const uint8_t *section, const int16_t *samples, uint32_t *spectrum) {
  const en_frontend_head *head = (const void *)section;
  if (head->window % 8) return en_portable_power(section, samples, spectrum);
  const int16_t *sine = (const void *)(section + head->sine_at);
  int16_t *z = (int16_t *)spectrum;
  const size_t points = head->fft / 2;
  size_t quarter = 1;
  int bits = 14; /* windowed() leaves at most 2^14 */
  int exponent = windowed(head, (const void *)(section + head->window_at), samples, z);
  bool odd = false;
  for (size_t left = points; left > 1; left >>= 1) odd = !odd;
  if (odd) {
    exponent += 1;
    en_m0_pairs(z, points);
    bits = bits_of_halves(en_m0_mask(z, points));
    quarter = 2;
  }
  for (; quarter < points; quarter *= 4) {
    const int shift = bits > 12 ? bits - 12 : 0;
    exponent += shift;
    stage(z, points, quarter, sine, head->fft, shift);
    bits = bits_of_halves(en_m0_mask(z, points));
  }
  if (bits < 10) bits = 10;
  en_m0_squares(spectrum, points, sine, bits);
  return 2 * (exponent + bits - 14);
}
