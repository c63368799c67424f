/* Decoder: logits of each frame to detections, by the mean of the last frames, with the RAM and the tables of the model. The
   twin of assembly/frontend/decoder.ts; docs/decoder.md defines it. */
#ifndef EN_DECODER_H
#define EN_DECODER_H

#include <stddef.h>
#include <stdint.h>

#include "decoder-layout.h"
#include "errors.h"

enum { EN_NO_DETECTION = -1 };

typedef struct en_decision {
  int16_t detected; /* label that this frame detects, or EN_NO_DETECTION */
  uint16_t best;    /* label with the greatest mean, the first of equals */
  uint16_t score;   /* probability, Q0.15, of the detected label, or else of the best one */
} en_decision;

/* Whether an OUTP section is whole and keeps every access of the functions below within itself and its ram_bytes. The section
   is aligned to 4. All others want a section that passed. */
en_error en_decoder_check(const uint8_t *section, size_t length);

/* Bytes of RAM, aligned to 4, that the functions below want; logits of a frame. */
size_t en_decoder_ram_bytes(const uint8_t *section);
size_t en_decoder_labels(const uint8_t *section);

/* Label's name in UTF-8, without a zero at its end; label < en_decoder_labels. */
const char *en_decoder_label(const uint8_t *section, size_t label, size_t *length);

/* Forgets all frames; every label is armed. Must come before the first push. */
void en_decoder_reset(const uint8_t *section, uint8_t *ram);

/* One frame's logits. */
en_decision en_decoder_push(const uint8_t *section, uint8_t *ram, const int16_t *logits);

#endif
