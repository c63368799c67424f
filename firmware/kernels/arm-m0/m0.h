/* Kernels of Cortex-M0 and M0+: Thumb-1, eight registers that instructions use freely, 32-bit products of which the lower half is
   kept. */
#ifndef EN_M0_H
#define EN_M0_H

#include "kernels.h"

void en_m0_affine(const en_term *Wx, const int32_t *constants, int16_t *y, size_t rows);
void en_m0_recurrent(const en_term *Wx, const en_term *Uh, const int32_t *constants, int16_t *y, size_t rows);
void en_m0_multiply(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift);
void en_m0_multiply_add(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up_product, int up_c,
                        int shift);
void en_m0_blend(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift);
void en_m0_convert(const int16_t *a, int16_t *y, size_t rows, int shift);
void en_m0_sigmoid(const int16_t *a, int16_t *y, size_t rows, int shift);
void en_m0_tanh(const int16_t *a, int16_t *y, size_t rows, int shift);
int en_m0_power(const uint8_t *section, const int16_t *samples, uint32_t *spectrum);
void en_m0_bands(const uint8_t *section, const uint32_t *power, int exponent, int16_t *frame);
void en_m0_level(en_frontend_state *state, const int16_t *pcm, size_t samples);

#endif
