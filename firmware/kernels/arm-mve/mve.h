/* Kernels of Cortex-M55: Helium takes 8 int16 or 4 int32 at a time, in loops that need no branch and no tail. Nobody else uses its
   registers (firmware is built for soft floats, interrupts hold no vector code), so kernels keep none.
   Element-wise kernels that widen to 32 bits take elements in pairs: an odd one more is within a vector's padding. */
#ifndef EN_MVE_H
#define EN_MVE_H

#include "kernels.h"

void en_mve_affine(const en_term *Wx, const int32_t *constants, int16_t *y, size_t rows);
void en_mve_recurrent(const en_term *Wx, const en_term *Uh, const int32_t *constants, int16_t *y, size_t rows);
void en_mve_multiply(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift);
void en_mve_multiply_add(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up_product, int up_c,
                         int shift);
void en_mve_blend(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift);
void en_mve_add(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift);
void en_mve_convert(const int16_t *a, int16_t *y, size_t rows, int shift);
void en_mve_sigmoid(const int16_t *a, int16_t *y, size_t rows, int shift);
void en_mve_tanh(const int16_t *a, int16_t *y, size_t rows, int shift);
int en_mve_power(const uint8_t *section, const int16_t *samples, uint32_t *spectrum);
void en_mve_bands(const uint8_t *section, const uint32_t *power, int exponent, int16_t *frame);
void en_mve_level(en_frontend_state *state, const int16_t *pcm, size_t samples);

#endif
