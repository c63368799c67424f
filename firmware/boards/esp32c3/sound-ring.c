#include "sound-ring.h"

static uint32_t given(void) { return EN_SOUND_OF_DMA | EN_SOUND_BLOCK_BYTES; }

void en_sound_begin(en_sound_ring *ring) {
  for (uint32_t i = 0; i < EN_SOUND_BLOCKS; i++) {
    en_sound_block *block = &ring->blocks[i];
    block->state = given();
    block->words = (uint32_t)(uintptr_t)ring->frames[i];
    block->next = (uint32_t)(uintptr_t)&ring->blocks[(i + 1) % EN_SOUND_BLOCKS];
  }
  ring->block = ring->frame = 0;
}

bool en_sound_full(const en_sound_ring *ring) {
  for (uint32_t i = 0; i < EN_SOUND_BLOCKS; i++) {
    if (ring->blocks[i].state & EN_SOUND_OF_DMA) return false;
  }
  return true;
}

int16_t en_sound_sample(uint32_t word) {
  enum { SHIFT = 16 - EN_SOUND_GAIN_BITS };
  const int32_t value = (((int32_t)word >> (SHIFT - 1)) + 1) >> 1;
  return (int16_t)(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value);
}

size_t en_sound_take(en_sound_ring *ring, int16_t *to, size_t room) {
  size_t count = 0;
  while (count < room && !(ring->blocks[ring->block].state & EN_SOUND_OF_DMA)) {
    to[count++] = en_sound_sample(ring->frames[ring->block][2 * ring->frame]);
    if (++ring->frame < EN_SOUND_FRAMES) continue;
    ring->blocks[ring->block].state = given();
    ring->block = (ring->block + 1) % EN_SOUND_BLOCKS;
    ring->frame = 0;
  }
  return count;
}
