/* Bytes from an interrupt to the main loop: one writer, one reader, no lock. */
#ifndef EN_RING_H
#define EN_RING_H

#include <stddef.h>
#include <stdint.h>

typedef struct en_ring {
  uint8_t *bytes;
  uint32_t mask;               /* size − 1, the size a power of two */
  volatile uint32_t in, out;   /* count up and wrap */
  volatile uint32_t overruns;  /* bytes that found no room here or in the receiver */
} en_ring;

/* From the interrupt. */
static inline void en_ring_put(en_ring *ring, uint8_t byte) {
  uint32_t in = ring->in;
  if (in - ring->out > ring->mask) {
    ring->overruns = ring->overruns + 1;
    return;
  }
  ring->bytes[in & ring->mask] = byte;
  ring->in = in + 1;
}

/* From the main loop: how many were taken, at most `room`. */
static inline size_t en_ring_take(en_ring *ring, uint8_t *bytes, size_t room) {
  size_t count = 0;
  uint32_t out = ring->out, in = ring->in;
  while (count < room && out != in) bytes[count++] = ring->bytes[out++ & ring->mask];
  ring->out = out;
  return count;
}

static inline int en_ring_empty(const en_ring *ring) { return ring->in == ring->out; }

#endif
