/* Power spectrum of one frame: window, FFT, squares, in int16 with one exponent for all bins. The twin of
   assembly/frontend/spectrum.ts; docs/front-end.md defines each step and proves the bounds. */
#ifndef EN_SPECTRUM_H
#define EN_SPECTRUM_H

#include <stdint.h>

#include "frontend.h"

/* samples: window values. spectrum: room for fft int16, aligned to 4. Leaves power[k], k = 1 … fft / 2 − 1, in
   ((uint32_t *)spectrum)[k]; |X[k]|² is power[k] · 2^(what it returns), in units of PCM. The section has been checked. */
int en_spectrum_power(const uint8_t *section, const int16_t *samples, uint32_t *spectrum);

#endif
