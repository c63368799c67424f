/* Dividers of the I2S clock for a rate, as the chip's registers take them. TRM 29.6. */
#ifndef EN_I2S_CLOCK_H
#define EN_I2S_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Two slots of 32 bits. */
enum { EN_I2S_FRAME_BITS = 64, EN_I2S_BIT_DIVIDER = 8 };

/* source / (whole + b / a) / EN_I2S_BIT_DIVIDER is the bit clock. The fraction comes by x, y, z and yn1: with b ≤ a / 2 these are
   a / b − 1, a mod b, b and 0; else the same of a − b, and 1. No fraction: all zero. */
typedef struct en_i2s_clock {
  uint32_t whole, x, y, z;
  bool yn1;
} en_i2s_clock;

/* The nearest there is: exact at 8, 16, 32 and 48 kHz, else off by at most 0.02 %. False if the dividers do not reach. */
bool en_i2s_clock_for(uint32_t source_hertz, uint32_t rate, en_i2s_clock *);

#endif
