/* A radix-4 FFT over half as many complex values, one exponent for all, one rounding a stage. */
#include <stdbool.h>
#include <string.h>

#include "portable.h"

/* Products of 15 bits are cut to 13 fraction bits, so that four of them add up in 32. */
enum { FRACTION = 13 };

typedef struct complex32 {
  int32_t re, im;
} complex32;

static int windowed(const en_frontend_head *head, const int16_t *window, const int16_t *samples, int16_t *z);
static int32_t pairs(int16_t *z, int points);
static int32_t stage(int16_t *z, int points, int quarter, const int16_t *sine, int fft, int shift);

/* −2^b … 2^b − 1 become less than 2^b: OR of these is a bound for all. */
static inline int32_t magnitude(int32_t x) { return x ^ (x >> 31); }

static int bits_of(int32_t mask) {
  int bits = 0;
  for (; mask; mask >>= 1) bits++;
  return bits;
}

int en_portable_power(const uint8_t *section, const int16_t *samples, uint32_t *spectrum) {
  const en_frontend_head *head = (const void *)section;
  const int16_t *sine = (const void *)(section + head->sine_at);
  int16_t *z = (int16_t *)spectrum;
  int points = head->fft / 2, quarter = 1, bits = 14; /* windowed() leaves at most 2^14 */
  int exponent = windowed(head, (const void *)(section + head->window_at), samples, z);
  bool odd = false;
  for (int left = points; left > 1; left >>= 1) odd = !odd;
  if (odd) {
    exponent += 1;
    bits = bits_of(pairs(z, points));
    quarter = 2;
  }
  for (; quarter < points; quarter *= 4) {
    int shift = bits > 12 ? bits - 12 : 0;
    exponent += shift;
    bits = bits_of(stage(z, points, quarter, sine, head->fft, shift));
  }
  if (bits < 10) bits = 10;
  en_portable_squares(spectrum, points, sine, bits);
  return 2 * (exponent + bits - 14);
}

static int next_reversed(int reversed, int points) {
  int bit = points >> 1;
  for (; reversed & bit; bit >>= 1) reversed ^= bit;
  return reversed | bit;
}

/* Samples times window, to bit-reversed places as complex pairs (even, odd), scaled to magnitudes of at most 2^14.
   Returns the exponent. */
static int windowed(const en_frontend_head *head, const int16_t *window, const int16_t *samples, int16_t *z) {
  int half = head->window / 2, points = head->fft / 2, reversed = 0;
  const int16_t *last = samples + head->window - 1;
  int32_t mask = 0;
  for (int i = 0; i < half; i++) mask |= magnitude(window[i] * samples[i]) | magnitude(window[i] * last[-i]);
  int bits = bits_of(mask), shift = bits > 14 ? bits - 14 : 0;
  int32_t rounding = (1 << shift) >> 1;
  if (half < points) memset(z, 0, 4 * (size_t)points);
  for (int i = 0; i < half; i += 2) {
    z[2 * reversed] = (int16_t)((window[i] * samples[i] + rounding) >> shift);
    z[2 * reversed + 1] = (int16_t)((window[i + 1] * samples[i + 1] + rounding) >> shift);
    reversed = next_reversed(reversed, points);
  }
  for (int i = half - 1; i > 0; i -= 2) {
    z[2 * reversed] = (int16_t)((window[i] * last[-i] + rounding) >> shift);
    z[2 * reversed + 1] = (int16_t)((window[i - 1] * last[1 - i] + rounding) >> shift);
    reversed = next_reversed(reversed, points);
  }
  return shift - 15;
}

/* Radix-2 butterflies of neighbours, halved. Returns the magnitude bits of what it leaves. */
static int32_t pairs(int16_t *z, int points) {
  int32_t mask = 0;
  for (int16_t *end = z + 2 * points; z < end; z += 4) {
    for (int part = 0; part < 2; part++) {
      int32_t sum = (z[part] + z[part + 2] + 1) >> 1, difference = (z[part] - z[part + 2] + 1) >> 1;
      z[part] = (int16_t)sum;
      z[part + 2] = (int16_t)difference;
      mask |= magnitude(sum) | magnitude(difference);
    }
  }
  return mask;
}

static inline complex32 widened(const int16_t *z) {
  return (complex32){z[0] * (1 << FRACTION), z[1] * (1 << FRACTION)};
}

/* z times c − i s */
static inline complex32 rotated(const int16_t *z, int32_t c, int32_t s) {
  return (complex32){(z[0] * c + z[1] * s) >> (15 - FRACTION), (z[1] * c - z[0] * s) >> (15 - FRACTION)};
}

static inline int32_t put(int16_t *z, int32_t re, int32_t im, int shift) {
  re >>= shift;
  im >>= shift;
  z[0] = (int16_t)re;
  z[1] = (int16_t)im;
  return magnitude(re) | magnitude(im);
}

/* A radix-4 butterfly of a, b, c, d to four places `leg` apart, divided by 2^shift and rounded. Returns magnitude bits. */
static inline int32_t butterfly(int16_t *z, int leg, complex32 a, complex32 b, complex32 c, complex32 d, int shift) {
  int32_t half = 1 << (shift - 1);
  complex32 even = {a.re + c.re + half, a.im + c.im + half}, odd = {a.re - c.re + half, a.im - c.im + half};
  complex32 sum = {b.re + d.re, b.im + d.im}, difference = {b.re - d.re, b.im - d.im};
  int32_t mask = put(z, even.re + sum.re, even.im + sum.im, shift);
  mask |= put(z + leg, odd.re + difference.im, odd.im - difference.re, shift);
  mask |= put(z + 2 * leg, even.re - sum.re, even.im - sum.im, shift);
  return mask | put(z + 3 * leg, odd.re - difference.im, odd.im + difference.re, shift);
}

/* One radix-4 stage over groups of four quarters, each quarter a finished DFT of the residues 0, 2, 1, 3 modulo 4: so the
   second and third change places. Returns the magnitude bits of what it leaves. */
static int32_t stage(int16_t *z, int points, int quarter, const int16_t *sine, int fft, int shift) {
  const int16_t *cosine = sine + fft / 4, *end = z + 2 * points;
  int leg = 2 * quarter, step = fft / (4 * quarter);
  int32_t mask = 0;
  shift += FRACTION;
  for (int16_t *y = z; y < end; y += 4 * leg) {
    mask |= butterfly(y, leg, widened(y), widened(y + 2 * leg), widened(y + leg), widened(y + 3 * leg), shift);
  }
  for (int k = 1; k < quarter; k++) {
    int one = k * step, two = 2 * one, three = 3 * one;
    for (int16_t *y = z + 2 * k; y < end; y += 4 * leg) {
      complex32 b = rotated(y + 2 * leg, cosine[one], sine[one]);
      complex32 c = rotated(y + leg, cosine[two], sine[two]);
      complex32 d = rotated(y + 3 * leg, cosine[three], sine[three]);
      mask |= butterfly(y, leg, widened(y), b, c, d, shift);
    }
  }
  return mask;
}

static inline uint32_t squared(int32_t re, int32_t im) { return (uint32_t)(re * re) + (uint32_t)(im * im); }

/* The real signal's spectrum from that of its complex pairs: 2 X[k] = e + t, 2 X[points − k]* = e − t. Squares of both take
   the places of the values they come from. */
void en_portable_squares(uint32_t *spectrum, int points, const int16_t *sine, int bits) {
  const int16_t *cosine = sine + points / 2;
  int32_t half = 1 << (bits - 1);
  for (int k = 1; k <= points / 2; k++) {
    const int16_t *low = (const int16_t *)(spectrum + k), *high = (const int16_t *)(spectrum + points - k);
    int32_t p = low[0] - high[0], q = low[1] + high[1], s = sine[k], c = cosine[k];
    complex32 e = {(low[0] + high[0]) * (1 << FRACTION) + half, (low[1] - high[1]) * (1 << FRACTION) + half};
    complex32 t = {((q * c) >> 2) - ((p * s) >> 2), -((p * c) >> 2) - ((q * s) >> 2)};
    spectrum[k] = squared((e.re + t.re) >> bits, (e.im + t.im) >> bits);
    spectrum[points - k] = squared((e.re - t.re) >> bits, (e.im - t.im) >> bits);
  }
}
