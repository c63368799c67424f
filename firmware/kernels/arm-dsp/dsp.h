/* Kernels of Cortex-M4 and M7: their DSP instructions work on two int16 at a time. Vectors are taken four elements at a time, up to
   the padding that core/kernels.h grants. */
#ifndef EN_DSP_H
#define EN_DSP_H

#include "kernels.h"

void en_dsp_affine(const en_term *Wx, const int32_t *constants, int16_t *y, size_t rows);
void en_dsp_recurrent(const en_term *Wx, const en_term *Uh, const int32_t *constants, int16_t *y, size_t rows);
void en_dsp_accumulate(const int8_t *W, const int16_t *d, size_t columns, int32_t *sums, size_t rows);
void en_dsp_sums(const int32_t *s, const int32_t *v, const int32_t *constants, int16_t *y, size_t rows);
void en_dsp_change(const int16_t *x, const int16_t *r, const int16_t *t, int16_t *y, size_t rows);
void en_dsp_add(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift);
void en_dsp_multiply(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift);
void en_dsp_multiply_add(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up_product, int up_c,
                         int shift);
void en_dsp_blend(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift);
void en_dsp_convert(const int16_t *a, int16_t *y, size_t rows, int shift);
void en_dsp_sigmoid(const int16_t *a, int16_t *y, size_t rows, int shift);
void en_dsp_tanh(const int16_t *a, int16_t *y, size_t rows, int shift);
int en_dsp_power(const uint8_t *section, const int16_t *samples, uint32_t *spectrum);
void en_dsp_bands(const uint8_t *section, const uint32_t *power, int exponent, int16_t *frame);
void en_dsp_level(en_frontend_state *state, const int16_t *pcm, size_t samples);

#endif
