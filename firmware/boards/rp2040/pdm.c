/* Two stages. A CIC filter of order 4 (Hogenauer, An economical class of digital filters for decimation and interpolation, 1981) to four
   times the rate, by four bits at a time; its loss at half the rate is 0.9 dB. Then a low-pass of 64 taps that decimates by four: a
   sinc cut at 0.112 of its rate under a Hamming window, −0.4 dB at 3/8 of the sample rate, −18 at 1/2, below −57 from 9/16 on.
   Then the mean goes, by a one-pole high-pass at 20 Hz for 16 kHz, and the rest is multiplied by 8: microphones have full scale at
   some 120 dB of sound pressure, speech has 60 to 80. */
#include "pdm.h"

#include <string.h>

enum { LEAST_HERTZ = 1000000, FEWEST = 32, MOST = 128, MOST_RATE = 50000, MEAN_SHIFT = 7, GAIN_SHIFT = 3, TAP_SHIFT = 15 };

/* What four bits add to the four sums beyond what the sums do by themselves: a bit with r steps left, its own included, adds 1,
   r, r (r + 1) / 2 and r (r + 1) (r + 2) / 6. */
static const uint8_t added[16][EN_PDM_ORDER] = {
  {0, 0, 0, 0}, {1, 4, 10, 20}, {1, 3, 6, 10}, {2, 7, 16, 30}, {1, 2, 3, 4}, {2, 6, 13, 24}, {2, 5, 9, 14}, {3, 9, 19, 34},
  {1, 1, 1, 1}, {2, 5, 11, 21}, {2, 4, 7, 11}, {3, 8, 17, 31}, {2, 3, 4, 5}, {3, 7, 14, 25}, {3, 6, 10, 15}, {4, 10, 20, 35},
};

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
  pdm->nibbles = pdm->nibbles_left = (uint8_t)(bits / EN_PDM_STAGE / 4);
  pdm->shift = bits == 32 ? -4 : bits == 64 ? 0 : 4;
}

static void integrate(uint32_t *sums, unsigned nibble) {
  const uint8_t *plus = added[nibble];
  sums[3] += 4 * sums[2] + 10 * sums[1] + 20 * sums[0] + plus[3];
  sums[2] += 4 * sums[1] + 10 * sums[0] + plus[2];
  sums[1] += 4 * sums[0] + plus[1];
  sums[0] += plus[0];
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
  for (unsigned i = 0; i < EN_PDM_TAPS / 2; i++) sum += taps[i] * (pdm->values[i] + pdm->values[EN_PDM_TAPS - 1 - i]);
  const int32_t value = sum >> (TAP_SHIFT - GAIN_SHIFT);
  const int32_t rest = value - (pdm->mean >> MEAN_SHIFT);
  pdm->mean += rest;
  return (int16_t)clamp(rest);
}

bool en_pdm_take(en_pdm *pdm, uint32_t bits, int16_t *sample) {
  bool complete = false;
  for (unsigned i = 0; i < 8; i++, bits >>= 4) {
    integrate(pdm->sums, bits & 15);
    if (--pdm->nibbles_left > 0) continue;
    pdm->nibbles_left = pdm->nibbles;
    memmove(pdm->values, pdm->values + 1, sizeof pdm->values - sizeof *pdm->values);
    pdm->values[EN_PDM_TAPS - 1] = (int16_t)clamp(comb(pdm));
    if (++pdm->count < EN_PDM_STAGE) continue;
    pdm->count = 0;
    *sample = sample_of(pdm);
    complete = true;
  }
  return complete;
}
