/* From the bits of a PDM microphone to samples. Knows nothing of the chip, so that tests on the host can be it. */
#ifndef EN_PDM_H
#define EN_PDM_H

#include <stdbool.h>
#include <stdint.h>

enum { EN_PDM_ORDER = 4, EN_PDM_TAPS = 64, EN_PDM_STAGE = 4 /* what the second stage decimates by */ };

typedef struct en_pdm {
  uint32_t sums[EN_PDM_ORDER], before[EN_PDM_ORDER]; /* integrators; what the combs had last */
  uint8_t bytes, bytes_left;                         /* of bits, in a value of the first stage */
  int8_t shift;                                      /* makes 16 bits of those values */
  uint8_t count;                                     /* values since the last sample */
  int16_t values[EN_PDM_TAPS] __attribute__((aligned(4))); /* the newest last, those of the next sample at the end */
  int32_t mean;                                      /* Q7 */
} en_pdm;

/* Bits a sample for that rate: 32, 64 or 128, so that the microphone's clock is 1.0 to 1.6 MHz; 0 if none does. */
unsigned en_pdm_bits(uint32_t rate);
void en_pdm_open(en_pdm *, unsigned bits);
/* Takes 32 bits, the first the lowest; true if they complete a sample. */
bool en_pdm_take(en_pdm *, uint32_t bits, int16_t *sample);

#endif
