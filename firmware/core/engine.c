/* Loading and stepping a model. One wasm3 runtime holds all modules; the newest is found first, so each `step` is looked up
   right after its module is loaded. Everything is compiled at load. */
#include "engine.h"

#include <string.h>

#include "frontend.h"
#include "wide.h"

/* Of wasm3's stack. It checks only what a function keeps, not the arguments of its calls; the subset's check counts both. */
enum { STACK_BYTES = 2048 };
_Static_assert(EN_MODULE_STACK * 4 < STACK_BYTES, "a slot takes 4 bytes");
_Static_assert(EN_MODULE_SLOTS <= 2 * d_m3MaxFunctionStackHeight, "it marks slots without looking");
_Static_assert(EN_MODULE_CONSTANTS >= d_m3MaxConstantTableSize, "they lie between locals and what is computed");

static uint32_t up8(uint32_t bytes) { return (bytes + 7u) & ~7u; }

static en_error load_modules(en_engine *engine) {
  size_t length;
  const en_code_head *head = (const en_code_head *)(const void *)en_engine_section(engine, EN_TAG_CODE, &length);
  const en_code_entry *entries = (const en_code_entry *)(const void *)(head + 1);
  engine->environment = m3_NewEnvironment();
  if (!engine->environment) return EN_MEMORY;
  engine->runtime = m3_NewRuntime(engine->environment, STACK_BYTES, NULL);
  if (!engine->runtime) return EN_MEMORY;
  for (uint32_t i = 0; i < head->count; i++) {
    IM3Module module = NULL;
    M3Result result = m3_ParseModule(engine->environment, &module, engine->model + entries[i].offset, entries[i].length);
    if (!result) {
      result = m3_LoadModule(engine->runtime, module);
      if (result) m3_FreeModule(module);
    }
    if (!result) result = en_ops_link(engine, module);
    if (!result) result = m3_CompileModule(module);
    if (!result) result = m3_FindFunction(&engine->steps[i], engine->runtime, "step");
    if (result == m3Err_mallocFailed || result == m3Err_mallocFailedCodePage) return EN_MEMORY;
    if (result) return EN_MODULE;
  }
  return EN_OK;
}

static en_error trap_of(M3Result result) {
  if (result == en_trap_handle) return EN_TRAP_HANDLE;
  if (result == en_trap_format) return EN_TRAP_FORMAT;
  if (result == m3Err_trapStackOverflow) return EN_TRAP_STACK;
  return EN_TRAP_OTHER;
}

static const en_record *records_of(const en_engine *engine, const en_layer *layer) {
  return (const en_record *)(const void *)(engine->model + layer->records);
}

en_error en_engine_load(en_engine *engine, const uint8_t *model, size_t length, uint8_t *ram, size_t ram_bytes,
                        en_profile *profile) {
  memset(engine, 0, sizeof *engine);
  engine->profile = profile;
  en_error error = en_check_model(model, length);
  if (error) return error;
  engine->model = model;
  engine->header = (const en_header *)(const void *)model;
  if (engine->header->ram_bytes > ram_bytes) return EN_MEMORY;
  engine->ram = ram;
  engine->front_end_offset = up8(engine->header->state_bytes) + up8(engine->header->arena_bytes);
  size_t section_bytes;
  const uint8_t *front_end = en_engine_section(engine, EN_TAG_FRNT, &section_bytes);
  engine->decoder_offset = engine->front_end_offset + (front_end ? up8((uint32_t)en_frontend_ram_bytes(front_end)) : 0);

  const uint8_t *section = en_engine_section(engine, EN_TAG_LAYR, &section_bytes);
  const en_layers_head *head = (const en_layers_head *)(const void *)section;
  engine->layers = (const en_layer *)(const void *)(head + 1);
  engine->layer_count = head->count;
  const uint8_t *flow = en_engine_section(engine, EN_TAG_FLOW, &section_bytes);
  (void)en_flow_read(model, engine->layers, flow, section_bytes, &engine->flow);
  engine->inputs = engine->flow.inputs;
  const en_layer *last = &engine->layers[head->count - 1];
  engine->outputs = records_of(engine, last)[last->result].rows;
  error = load_modules(engine);
  if (error) en_engine_unload(engine);
  else en_engine_reset(engine);
  return error;
}

void en_engine_unload(en_engine *engine) {
  if (engine->runtime) m3_FreeRuntime(engine->runtime);
  if (engine->environment) m3_FreeEnvironment(engine->environment);
  memset(engine, 0, sizeof *engine);
}

void en_engine_reset(en_engine *engine) {
  memset(engine->ram, 0, engine->front_end_offset);
  for (uint32_t i = 0; i < engine->layer_count; i++) {
    const en_layer *layer = &engine->layers[i];
    if (!layer->initial) continue;
    const uint8_t *from = engine->model + layer->initial;
    const en_record *state = records_of(engine, layer) + layer->inputs;
    for (uint32_t s = 0; s < layer->states; s++, state++) {
      const uint32_t bytes = state->rows * en_value_bytes(state->kind);
      memcpy(engine->ram + state->offset, from, bytes);
      from += bytes;
    }
  }
}

en_error en_engine_step(en_engine *engine, const int16_t *input, size_t inputs, const int16_t **output, size_t *outputs) {
  if (!engine->runtime) return EN_NO_MODEL;
  if (inputs != engine->inputs) return EN_INPUT;
  memcpy(engine->ram + engine->flow.offset, input, inputs * sizeof *input);
  const en_record *result = NULL;
  uint32_t piece = 0;
  for (uint32_t i = 0; i < engine->layer_count; i++) {
    const en_layer *layer = &engine->layers[i];
    engine->records = records_of(engine, layer);
    engine->handles = layer->handles;
    if (layer->source == EN_GATHERED && !en_flow_gather(engine->model, engine->ram, engine->layers, &engine->flow, &piece))
      return EN_TRAP_FORMAT;
    const int32_t handle = 0;
    const void *arguments[] = {&handle};
    int32_t returned = -1;
    const void *results[] = {&returned};
    M3Result trap = m3_Call(engine->steps[layer->module], 1, arguments);
    if (!trap) trap = m3_GetResults(engine->steps[layer->module], 1, results);
    if (trap) return trap_of(trap);
    if (returned != layer->result) return EN_TRAP_RESULT;
    result = &engine->records[layer->result];
  }
  *output = (const int16_t *)(const void *)(engine->ram + result->offset);
  *outputs = result->rows;
  return EN_OK;
}

const uint8_t *en_engine_section(const en_engine *engine, uint32_t tag, size_t *length) {
  return en_check_section(engine->model, tag, length);
}
