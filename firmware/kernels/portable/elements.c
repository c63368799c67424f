/* Element by element: exact in 64 bits, one rounding half up at the end, saturated. */
#include "fixed.h"
#include "portable.h"

void en_portable_multiply(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift) {
  for (size_t i = 0; i < rows; i++) y[i] = saturate(scale(a[i] * b[i], shift));
}

void en_portable_multiply_add(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int up_product,
                            int up_c, int shift) {
  const int64_t raise = (int64_t)1 << up_product, raise_c = (int64_t)1 << up_c;
  for (size_t i = 0; i < rows; i++) y[i] = saturate(scale(a[i] * b[i] * raise + c[i] * raise_c, shift));
}

void en_portable_blend(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b,
                     int shift) {
  const int64_t raise_a = (int64_t)1 << up_a, raise_b = (int64_t)1 << up_b;
  for (size_t i = 0; i < rows; i++) {
    y[i] = saturate(scale(z[i] * (a[i] * raise_a) + (32768 - z[i]) * (b[i] * raise_b), shift));
  }
}

void en_portable_add(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int up_a, int up_b, int shift) {
  const int64_t raise_a = (int64_t)1 << up_a, raise_b = (int64_t)1 << up_b;
  for (size_t i = 0; i < rows; i++) y[i] = saturate(scale(a[i] * raise_a + b[i] * raise_b, shift));
}

void en_portable_convert(const int16_t *a, int16_t *y, size_t rows, int shift) {
  for (size_t i = 0; i < rows; i++) y[i] = saturate(scale(a[i], shift));
}
