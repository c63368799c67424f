/* The kernels of the portable set, by name: any other set may take those that it has no better one for. */
#ifndef EN_PORTABLE_H
#define EN_PORTABLE_H

#include "kernels.h"

void en_portable_affine(const en_term *Wx, const int32_t *constants, int16_t *y, size_t rows);
void en_portable_recurrent(const en_term *Wx, const en_term *Uh, const int32_t *constants, int16_t *y, size_t rows);
void en_portable_accumulate(const int8_t *W, const int16_t *d, size_t columns, int32_t *sums, size_t rows);
void en_portable_sums(const int32_t *s, const int32_t *v, const int32_t *constants, int16_t *y, size_t rows);
void en_portable_change(const int16_t *x, const int16_t *r, const int16_t *t, int16_t *y, size_t rows);
void en_portable_multiply(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift);
void en_portable_multiply_add(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up_product,
                              int up_c, int shift);
void en_portable_blend(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift);
void en_portable_add(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift);
void en_portable_convert(const int16_t *a, int16_t *y, size_t rows, int shift);
void en_portable_sigmoid(const int16_t *a, int16_t *y, size_t rows, int shift);
void en_portable_tanh(const int16_t *a, int16_t *y, size_t rows, int shift);
int en_portable_power(const uint8_t *section, const int16_t *samples, uint32_t *spectrum);
/* The last part of it: powers instead of the `points` complex values of an FFT, all of at most `bits` bits, 10 to 15. */
void en_portable_squares(uint32_t *spectrum, int points, const int16_t *sine, int bits);
void en_portable_bands(const uint8_t *section, const uint32_t *power, int exponent, int16_t *frame);
void en_portable_level(en_frontend_state *state, const int16_t *pcm, size_t samples);

#endif
