/* The stream's own state; what is done with it stands in session.h and stream.c. */
#ifndef EN_STREAM_H
#define EN_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend.h"

typedef struct en_stream {
  bool open;        /* for a host */
  bool alone;       /* of the board's sensor, without one */
  bool deaf;        /* the sensor or the model failed: not again with this model */
  bool rules_known; /* the listener's rules are those of the journal and this model */
  /* Of the model, for as long as it is loaded. */
  uint16_t inputs, outputs;
  const uint8_t *front_end, *decoder; /* sections, or NULL */
  uint8_t *front_end_ram, *decoder_ram;
  en_frontend_head head; /* zeros without a front end */
  /* Of the stream that runs, or ran last. */
  uint8_t source, wants;
  uint16_t payload_bytes;
  uint32_t frames, samples, ticks_most;
  uint64_t ticks; /* 32 bits of them last three minutes at 25 MHz */
  uint32_t front_end_ticks; /* of the samples since the last step */
  int16_t frame[EN_FRONTEND_BANDS_MOST];
} en_stream;

#endif
