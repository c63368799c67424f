/* Sigmoid and tanh by table (host/spec/activations.ts): the positive half, the other by symmetry, f(−a) = whole − f(a). */
#include "activations.h"
#include "fixed.h"
#include "portable.h"

static void activate(const int32_t *table, int32_t whole, const int16_t *a, int16_t *y, size_t rows, int shift) {
  for (size_t i = 0; i < rows; i++) {
    const int32_t value = rescaled(a[i], shift), magnitude = value < 0 ? -value : value;
    const int32_t positive = magnitude > 32767 ? 32767 : magnitude;
    const int32_t word = table[positive >> 6];
    const int32_t result = (word + (int16_t)(uint16_t)word * (((positive & 63) - 32) * 1024)) >> 16;
    y[i] = (int16_t)(value < 0 ? whole - result : result);
  }
}

void en_portable_sigmoid(const int16_t *a, int16_t *y, size_t rows, int shift) { activate(en_sigmoid_table, 32768, a, y, rows, shift); }
void en_portable_tanh(const int16_t *a, int16_t *y, size_t rows, int shift) { activate(en_tanh_table, 0, a, y, rows, shift); }
