/* The check of a model file: everything that the engine, the front end and the decoder later take for granted. */
#ifndef EN_CHECK_H
#define EN_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"

/* Whether `length` bytes, aligned to 16, are a whole model file whose layers, records, modules and sections stay within it
   and within the RAM that it asks for. Reads only. host/model/model.ts makes the same checks. */
en_error en_check_model(const uint8_t *model, size_t length);

/* A section of a checked model, or NULL. */
const uint8_t *en_check_section(const uint8_t *model, uint32_t tag, size_t *length);

/* The SHA-256 that names a checked model, 32 bytes: the header's, or the one of the file whose weights were laid out anew. */
const uint8_t *en_check_name(const uint8_t *model);

#endif
