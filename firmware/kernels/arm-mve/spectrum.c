/* Window, FFT and power from the loops of spectrum.S and spectrum-stage.S. */
#include <stdbool.h>
#include <string.h>

#include "mve.h"
#include "portable.h"

/* What en_mve_window reads, in this order. */
typedef struct en_mve_windowing {
  const int16_t *window, *samples;
  int16_t *z;
  uint32_t half; /* of the window's values */
  int left;      /* 0, or less: how far to shift */
  uint32_t bits; /* of a point's number */
} en_mve_windowing;

/* What en_mve_stage_N and en_mve_stage_short read, in this order. */
typedef struct en_mve_stage {
  uint16_t angles[3][8];  /* bytes from an angle's sine to cosine and sine of it, of twice and of three times it, for four values */
  uint32_t places[4];     /* for short quarters: bytes from the first of four values to each */
  int16_t kept[8];        /* room for these */
  const int16_t *sine, *end; /* of z */
  int16_t *z;
  uint32_t leg;           /* bytes of a quarter */
  uint32_t step;          /* bytes of four angles */
  uint32_t more;          /* times four values in a quarter beyond the first four */
  int left;               /* for short quarters: how far to shift, negative */
  uint32_t firsts;        /* for short quarters: which of the four are the first of theirs, as bits of P0 */
} en_mve_stage;

uint32_t en_mve_window_most(const int16_t *window, const int16_t *samples, const int16_t *end, size_t half);
void en_mve_window(const en_mve_windowing *);
uint32_t en_mve_pairs(int16_t *z, size_t points);
uint32_t en_mve_fours(int16_t *z, size_t points);
uint32_t en_mve_greatest(const int16_t *z, size_t points);
uint32_t en_mve_stage_short(en_mve_stage *);
uint32_t en_mve_stage_0(en_mve_stage *);
uint32_t en_mve_stage_1(en_mve_stage *);
uint32_t en_mve_stage_2(en_mve_stage *);
uint32_t en_mve_stage_3(en_mve_stage *);
void en_mve_squares(uint32_t *spectrum, size_t points, const int16_t *sine, int bits);

static bool is_power_of_two(uint32_t most) { return (most & (most - 1)) == 0; }
static int bits_of(uint32_t most);
static int bits_left(const int16_t *z, int points, uint32_t most);
static uint32_t stage(int16_t *z, int points, int quarter, const int16_t *sine, int shift);

int en_mve_power(const uint8_t *section, const int16_t *samples, uint32_t *spectrum) {
  const en_frontend_head *head = (const void *)section;
  const int16_t *window = (const void *)(section + head->window_at), *sine = (const void *)(section + head->sine_at);
  int16_t *z = (int16_t *)spectrum;
  const int points = head->fft / 2, half = head->window / 2, bits_of_points = __builtin_ctz((unsigned)points);
  const bool odd = bits_of_points % 2 == 1;
  uint32_t most = en_mve_window_most(window, samples, samples + head->window, (size_t)half);
  /* If it is −2^k its bits are one fewer: that takes a sample −2^n where the window is a power of two, all others being quiet. */
  if (most >= 1 << 14 && is_power_of_two(most)) return en_portable_power(section, samples, spectrum);
  int bits = bits_of(most), shift = bits > 14 ? bits - 14 : 0;
  const en_mve_windowing job = {window, samples, z, (uint32_t)half, -shift, (uint32_t)bits_of_points};
  if (head->window < head->fft) memset(z, 0, 2 * (size_t)head->fft);
  en_mve_window(&job);
  int exponent = shift - 15 + (odd ? 1 : 2), quarter = odd ? 2 : 4;
  /* Two values of 2^14 need 17 bits. */
  if (odd) most = en_mve_pairs(z, (size_t)points);
  else if ((most + (1u << shift >> 1)) >> shift >= 1 << 14) most = stage(z, points, 1, sine, 2);
  else most = en_mve_fours(z, (size_t)points);
  bits = bits_left(z, points, most);
  for (; quarter < points; quarter *= 4) {
    shift = bits > 12 ? bits - 12 : 0;
    exponent += shift;
    bits = bits_left(z, points, stage(z, points, quarter, sine, shift));
  }
  if (bits < 10) bits = 10;
  en_mve_squares(spectrum, (size_t)points, sine, bits);
  return 2 * (exponent + bits - 14);
}

static int bits_of(uint32_t most) { return most ? 32 - __builtin_clz(most) : 0; }

/* Of values whose greatest magnitude is `most`: −2^k has one fewer than 2^k. Fewer than 10 do not matter. */
static int bits_left(const int16_t *z, int points, uint32_t most) {
  if (most >= 1024 && is_power_of_two(most) && en_mve_greatest(z, (size_t)points) != most) most--;
  return bits_of(most);
}

static uint32_t stage(int16_t *z, int points, int quarter, const int16_t *sine, int shift) {
  static uint32_t (*const stages[])(en_mve_stage *) = {en_mve_stage_0, en_mve_stage_1, en_mve_stage_2, en_mve_stage_3};
  const uint32_t step = (uint32_t)(points / quarter); /* bytes from angle to angle */
  en_mve_stage job = {
    .sine = sine, .end = z + 2 * points, .z = z, .leg = 4 * (uint32_t)quarter, .step = 4 * step, .more = (uint32_t)quarter / 4 - 1,
    .left = -13 - shift, .firsts = quarter == 1 ? 0xFFFF : 0x0F0F,
  };
  for (uint32_t i = 0; i < 4; i++) {
    const uint32_t value = i % (uint32_t)quarter, angle = value * step;
    job.places[i] = 16 * (i - value) + 4 * value;
    for (uint32_t times = 1; times <= 3; times++) {
      job.angles[times - 1][2 * i] = (uint16_t)((uint32_t)points + times * angle);
      job.angles[times - 1][2 * i + 1] = (uint16_t)(times * angle);
    }
  }
  return quarter < 4 ? en_mve_stage_short(&job) : stages[shift](&job);
}
