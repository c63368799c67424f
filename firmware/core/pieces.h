/* Section FLOW: where the model's input lies and what layers gather, in models that are more than a chain of layers. */
#ifndef EN_PIECES_H
#define EN_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "container.h"

/* What a model's layers read. Without a section: no pieces, and the input is the first layer's. */
typedef struct en_flow {
  uint32_t offset; /* of the model's input in its RAM; of a window's rows of it, where there is a window */
  uint16_t inputs;
  int8_t format;
  const en_flow_piece *pieces;
  uint32_t count;
  uint16_t before, hop, after; /* hop 0: no window */
  const en_flow_line *lines;
  uint16_t line_count;
} en_flow;

/* `section` may be NULL. False if it is damaged. */
bool en_flow_read(const uint8_t *model, const en_layer *layers, const uint8_t *section, size_t length, en_flow *flow);

/* Whether the pieces fit the layers, which have been checked. */
bool en_flow_check(const uint8_t *model, const en_layer *layers, uint32_t count, const en_flow *flow);

/* Bytes of a window of the model, a row of the input and of each layer's result for every step; 0 without a window. */
uint32_t en_flow_window_bytes(const uint8_t *model, const en_layer *layers, uint32_t count, const en_flow *flow);

/* Where a row of what a piece can read lies in the model's RAM; without a window the one there is. */
uint32_t en_flow_at(const uint8_t *model, const en_layer *layers, const en_flow *flow, uint32_t source, uint32_t row);

/* At the end of a step: delay lines take what it gave. */
void en_flow_remember(const uint8_t *model, uint8_t *ram, const en_layer *layers, const en_flow *flow);

/* Fills the input of a layer from its pieces, from number `piece` on, which becomes the first of the next layer. `row` of the window.
   False if a sum could leave 64 bits. */
bool en_flow_gather(const uint8_t *model, uint8_t *ram, const en_layer *layers, const en_flow *flow, uint32_t *piece, uint32_t row);

#endif
