/* Two stages. A CIC filter of order 4 (Hogenauer, An economical class of digital filters for decimation and interpolation, 1981) to four
   times the rate; its loss at half the rate is 0.9 dB. Then a low-pass of 64 taps that decimates by four: a sinc cut at 0.112 of its
   rate under a Hamming window, −0.4 dB at 3/8 of the sample rate, −18 at 1/2, below −57 from 9/16 on. The result is multiplied by
   8, since microphones have full scale at some 120 dB of sound pressure and speech has 60 to 80; its mean goes, by a one-pole
   high-pass at 20 Hz for 16 kHz. */
#include "pdm.h"

#include <string.h>

enum { LEAST_HERTZ = 1000000, FEWEST = 32, MOST = 128, MOST_RATE = 50000, MEAN_SHIFT = 7, GAIN_SHIFT = 3, TAP_SHIFT = 15 };

/* Q0.15, the first half of them; their sum is 1, the sum of their magnitudes 1.64, so that 32 bits hold all sums. */
static const int16_t taps[EN_PDM_TAPS / 2] = {
  -5, 14, 30, 34, 21, -11, -51, -80, -71, -15, 77, 161, 182, 102, -68, -260, -369, -301, -37, 336, 641, 682, 347, -307, -1028,
  -1439, -1176, -55, 1815, 4033, 6009, 7173,
};

static int32_t clamp(int32_t value) { return value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value; }

unsigned en_pdm_bits(uint32_t rate) {
  if (rate > MOST_RATE) return 0;
  for (unsigned bits = FEWEST; bits <= MOST; bits *= 2) {
    if (rate * bits >= LEAST_HERTZ) return bits;
  }
  return 0;
}

/* A value of the first stage lies in 0 … (bits / 4)⁴, silence in the middle. */
void en_pdm_open(en_pdm *pdm, unsigned bits) {
  memset(pdm, 0, sizeof *pdm);
  pdm->bytes = pdm->bytes_left = (uint8_t)(bits / EN_PDM_STAGE / 8);
  pdm->shift = bits == 32 ? -4 : bits == 64 ? 0 : 4;
}

/* Wraps in between; the differences are right nevertheless. */
static int32_t comb(en_pdm *pdm) {
  uint32_t value = pdm->sums[3];
  for (unsigned i = 0; i < EN_PDM_ORDER; i++) {
    const uint32_t before = pdm->before[i];
    pdm->before[i] = value;
    value -= before;
  }
  return (int32_t)(pdm->shift < 0 ? value << -pdm->shift : value >> pdm->shift) - 32768;
}

static int16_t sample_of(en_pdm *pdm) {
  int32_t sum = 1 << (TAP_SHIFT - GAIN_SHIFT - 1);
  const int16_t *low = pdm->values, *high = pdm->values + EN_PDM_TAPS;
  for (const int16_t *tap = taps; tap < taps + EN_PDM_TAPS / 2; tap++) sum += *tap * (*low++ + *--high);
  const int32_t value = sum >> (TAP_SHIFT - GAIN_SHIFT);
  const int32_t rest = value - (pdm->mean >> MEAN_SHIFT);
  pdm->mean += rest;
  return (int16_t)clamp(rest);
}

/* A value of the first stage has come. */
static bool filter(en_pdm *pdm, int16_t *sample) {
  pdm->values[EN_PDM_TAPS - EN_PDM_STAGE + pdm->count] = (int16_t)clamp(comb(pdm));
  if (++pdm->count < EN_PDM_STAGE) return false;
  pdm->count = 0;
  *sample = sample_of(pdm);
  memmove(pdm->values, pdm->values + EN_PDM_STAGE, sizeof pdm->values - EN_PDM_STAGE * sizeof *pdm->values);
  return true;
}

/* A million bits a second: four additions each, and all that they need in registers. */
static uint32_t integrate(uint32_t *sums, uint32_t bits) {
  uint32_t a = sums[0], b = sums[1], c = sums[2], d = sums[3];
#pragma GCC unroll 8
  for (unsigned i = 0; i < 8; i++, bits >>= 1) {
    a += bits & 1;
    b += a;
    c += b;
    d += c;
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
  return bits;
}

bool en_pdm_take(en_pdm *pdm, uint32_t bits, int16_t *sample) {
  bool complete = false;
  for (unsigned i = 0; i < sizeof bits; i++) {
    bits = integrate(pdm->sums, bits);
    if (--pdm->bytes_left > 0) continue;
    pdm->bytes_left = pdm->bytes;
    complete |= filter(pdm, sample);
  }
  return complete;
}
