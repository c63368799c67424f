/* Section FLOW: where the model's input lies and what layers gather, in models that are more than a chain of layers. */
#ifndef EN_PIECES_H
#define EN_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "container.h"

/* What a model's layers read. Without a section: no pieces, and the input is the first layer's. */
typedef struct en_flow {
  uint32_t offset; /* of the model's input in its RAM */
  uint16_t inputs;
  int8_t format;
  const en_flow_piece *pieces;
  uint32_t count;
} en_flow;

/* `section` may be NULL. False if it is damaged. */
bool en_flow_read(const uint8_t *model, const en_layer *layers, const uint8_t *section, size_t length, en_flow *flow);

/* Whether the pieces fit the layers, which have been checked. */
bool en_flow_check(const uint8_t *model, const en_layer *layers, uint32_t count, const en_flow *flow);

/* Fills the input of a layer from its pieces, from number `piece` on, which becomes the first of the next layer. False if a sum could
   leave 64 bits. */
bool en_flow_gather(const uint8_t *model, uint8_t *ram, const en_layer *layers, const en_flow *flow, uint32_t *piece);

#endif
