/* The engine: a model file, checked and compiled once, then step by step. Weights and modules stay where the file lies; RAM
   is the caller's; wasm3's memory comes from the heap (heap.h), and a step allocates nothing. host/runtime is its twin. */
#ifndef EN_ENGINE_H
#define EN_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "check.h"
#include "container.h"
#include "errors.h"
#include "pieces.h"
#include "wasm3.h"

struct en_engine;

/* Times the ops of a model: what each has taken since it was cleared, its checks included. */
typedef struct en_profile {
  uint32_t (*ticks)(void);
  uint32_t idle; /* ticks between two readings without an op between them */
  uint32_t taken[EN_OP_COUNT];
  uint16_t calls[EN_OP_COUNT];
} en_profile;

typedef struct en_engine {
  const uint8_t *model;
  const en_header *header;
  uint8_t *ram; /* states, arena, front end, decoder */
  uint32_t front_end_offset, decoder_offset;
  uint16_t inputs, outputs; /* values of a frame and of a result */
  uint16_t layer_count;
  const en_layer *layers;
  en_flow flow;
  /* Of a window: frames in it, those of them that are there only to be seen, results that wait and the first of them. */
  uint16_t filled, seen, ready, first;
  IM3Environment environment;
  IM3Runtime runtime;
  IM3Function steps[EN_MODEL_MODULES];

  /* The layer whose step is on; ops look handles up here. */
  const en_record *records;
  uint16_t handles;
  uint8_t codes[EN_OP_COUNT]; /* each its own number: what an op is given says which it is, and where the engine lies */

  en_profile *profile; /* NULL but for a bench */
} en_engine;

/* Makes `model` the one that runs: check, parse, compile, link, states to their initial values. `model` is aligned to 16 and
   stays; `ram` is aligned to 8. After an error nothing is held. A profile costs every op call time. */
en_error en_engine_load(en_engine *engine, const uint8_t *model, size_t length, uint8_t *ram, size_t ram_bytes,
                        en_profile *profile);
void en_engine_unload(en_engine *engine);

/* States to their initial values. */
void en_engine_reset(en_engine *engine);

/* A frame: one step of every layer. `output` points into the model's RAM until the next step. A model that reads whole windows runs
   when one is full, and gives the result of an earlier frame, or none as long as there is none: 0 outputs. Without a frame (`input`
   NULL) it gives, after the end of a sequence, the results that are still to come, one at a time. */
en_error en_engine_step(en_engine *engine, const int16_t *input, size_t inputs, const int16_t **output, size_t *outputs);

/* A section of the model that runs, or NULL. */
const uint8_t *en_engine_section(const en_engine *engine, uint32_t tag, size_t *length);

/* Binds the ops that a module imports (ops.c). */
M3Result en_ops_link(en_engine *engine, IM3Module module);

#endif
