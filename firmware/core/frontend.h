/* Front end: 16-bit PCM to log-mel frames, integers only, in the RAM and with the tables of the model. The twin of
   assembly/frontend; docs/front-end.md defines it. */
#ifndef EN_FRONTEND_H
#define EN_FRONTEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"
#include "frontend-layout.h"

/* Whether a FRNT section is whole and keeps every access of the functions below within itself and its ram_bytes.
   The section is aligned to 4. All others want a section that passed. */
en_error en_frontend_check(const uint8_t *section, size_t length);

/* Bytes of RAM, aligned to 4, that the functions below want; values of a frame. */
size_t en_frontend_ram_bytes(const uint8_t *section);
size_t en_frontend_bands(const uint8_t *section);

/* Forgets all samples. Must come before the first push. */
void en_frontend_reset(const uint8_t *section, uint8_t *ram);

/* Takes samples until a frame is complete or all are taken, and returns how many. `frame` gets `bands` values if complete. */
size_t en_frontend_push(const uint8_t *section, uint8_t *ram, const int16_t *pcm, size_t samples, int16_t *frame,
                        bool *complete);

/* Greatest magnitude and root mean square, 0 … 32768, of the samples that the last frame brought. */
void en_frontend_level(const uint8_t *ram, uint16_t *peak, uint16_t *rms);

#endif
