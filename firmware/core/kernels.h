/* What a kernel set implements: the arithmetic of the ops on buffers that the engine has checked. docs/arithmetic.md defines
   every result exactly; kernels/portable is the plainest reading of it. Buffers are aligned to 2, matrices to 16. An
   element-wise kernel's result may be one of its arguments; a product's never is. */
#ifndef EN_KERNELS_H
#define EN_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* A matrix, int8 by row, and the int16 vector that it multiplies; columns at most 516. */
typedef struct en_term {
  const int8_t *matrix;
  const int16_t *vector;
  size_t columns;
} en_term;

/* y = sat16((b · 2^32 + W x · m + 2^31) >> 32). `constants`: b, then m, int32 by row. */
void en_kernel_affine(en_term Wx, const int32_t *constants, int16_t *y, size_t rows);
/* y = sat16((b · 2^32 + W x · mW + U h · mU + 2^31) >> 32). `constants`: b, then mW, then mU. */
void en_kernel_recurrent(en_term Wx, en_term Uh, const int32_t *constants, int16_t *y, size_t rows);

/* Shifts: `up` to the left before the sum, `shift` to the right after it, rounding half up; negative goes left.
   up − min(shift, 0) ≤ 30, −15 ≤ shift ≤ 46. */
void en_kernel_multiply(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift);
void en_kernel_multiply_add(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up_product,
                            int up_c, int shift);
void en_kernel_blend(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b,
                     int shift);
void en_kernel_add(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift);
void en_kernel_convert(const int16_t *a, int16_t *y, size_t rows, int shift);

/* Q0.15 of an argument that is Q4.11 after shifting right by `shift`, −19 … 15. */
void en_kernel_sigmoid(const int16_t *a, int16_t *y, size_t rows, int shift);
void en_kernel_tanh(const int16_t *a, int16_t *y, size_t rows, int shift);

#endif
