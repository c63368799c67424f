/* A ring of blocks that DMA fills with frames of I2S, left and right in 32 bits each, and that the main loop empties into samples of 16.
   Descriptors: TRM 2.4.2. No register is touched here. */
#ifndef EN_SOUND_RING_H
#define EN_SOUND_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 8 ms at 16,000 frames a second; 256 ms of all. */
enum { EN_SOUND_BLOCKS = 32, EN_SOUND_FRAMES = 128, EN_SOUND_BLOCK_BYTES = 8 * EN_SOUND_FRAMES };
/* A microphone of −26 dBFS at 94 dB makes speech quiet: 18 dB more, clipped. */
enum { EN_SOUND_GAIN_BITS = 3 };

typedef struct en_sound_block {
  volatile uint32_t state; /* size, length, and who has it */
  uint32_t words, next;    /* addresses */
} en_sound_block;
#define EN_SOUND_OF_DMA (1u << 31)

typedef struct en_sound_ring {
  en_sound_block blocks[EN_SOUND_BLOCKS];
  uint32_t frames[EN_SOUND_BLOCKS][2 * EN_SOUND_FRAMES];
  uint32_t block, frame; /* to be taken next */
} en_sound_ring;

/* Gives all blocks to the DMA. */
void en_sound_begin(en_sound_ring *);
/* Whether the DMA has none left: what came since is lost. */
bool en_sound_full(const en_sound_ring *);
/* Left samples of filled blocks, at most `room`; emptied blocks go back. */
size_t en_sound_take(en_sound_ring *, int16_t *to, size_t room);
/* Of a word with the sample in its upper bits. */
int16_t en_sound_sample(uint32_t word);

#endif
