/* Loading and stepping a model. One wasm3 runtime holds all modules; the newest is found first, so each `step` is looked up
   right after its module is loaded. Everything is compiled at load. */
#include "engine.h"

#include <string.h>

#include "frontend.h"
#include "ops.h"
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
  if (result == en_trap_full) return EN_TRAP_FULL;
  if (result == en_trap_symbol) return EN_TRAP_SYMBOL;
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
  size_t section_bytes;
  const uint8_t *front_end = en_engine_section(engine, EN_TAG_FRNT, &section_bytes);
  const uint32_t front_end_bytes = front_end ? up8((uint32_t)en_frontend_ram_bytes(front_end)) : 0;

  const uint8_t *section = en_engine_section(engine, EN_TAG_LAYR, &section_bytes);
  const en_layers_head *head = (const en_layers_head *)(const void *)section;
  engine->layers = (const en_layer *)(const void *)(head + 1);
  engine->layer_count = head->count;
  const uint8_t *flow = en_engine_section(engine, EN_TAG_FLOW, &section_bytes);
  (void)en_flow_read(model, engine->layers, flow, section_bytes, &engine->flow);
  engine->inputs = engine->flow.inputs;
  const uint32_t window_at = up8(engine->header->state_bytes) + up8(engine->header->arena_bytes);
  if (engine->flow.hop) engine->flow.offset = window_at;
  engine->front_end_offset = window_at + en_flow_window_bytes(model, engine->layers, head->count, &engine->flow);
  engine->decoder_offset = engine->front_end_offset + front_end_bytes;
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

static void reset_layer(en_engine *engine, const en_layer *layer) {
  const uint8_t *from = layer->initial ? engine->model + layer->initial : NULL;
  const en_record *state = records_of(engine, layer) + layer->inputs;
  for (uint32_t s = 0; s < layer->states; s++, state++) {
    const uint32_t bytes = state->rows * en_value_bytes(state->kind);
    if (!from) {
      memset(engine->ram + state->offset, 0, bytes);
      continue;
    }
    memcpy(engine->ram + state->offset, from, bytes);
    from += bytes;
  }
}

void en_engine_reset(en_engine *engine) {
  memset(engine->ram, 0, up8(engine->header->state_bytes) + up8(engine->header->arena_bytes));
  for (uint32_t i = 0; i < engine->layer_count; i++) reset_layer(engine, &engine->layers[i]);
  engine->filled = engine->seen = engine->ready = engine->first = 0;
}

/* `piece`: the layer's first, where it gathers; becomes the next layer's. `row` of the window. */
static en_error step_layer(en_engine *engine, const en_layer *layer, uint32_t *piece, uint32_t row) {
  engine->records = records_of(engine, layer);
  engine->handles = layer->handles;
  if (layer->source == EN_GATHERED && !en_flow_gather(engine->model, engine->ram, engine->layers, &engine->flow, piece, row)) {
    return EN_TRAP_FORMAT;
  }
  const int32_t handle = 0;
  const void *arguments[] = {&handle};
  int32_t returned = -1;
  const void *results[] = {&returned};
  M3Result trap = m3_Call(engine->steps[layer->module], 1, arguments);
  if (!trap) trap = m3_GetResults(engine->steps[layer->module], 1, results);
  if (trap) return trap_of(trap);
  return returned == layer->result ? EN_OK : EN_TRAP_RESULT;
}

static uint8_t *row_of(const en_engine *engine, uint32_t source, uint32_t row) {
  return engine->ram + en_flow_at(engine->model, engine->layers, &engine->flow, source, row);
}

/* All layers over the rows of the window that are filled, of which so many give results. */
static en_error run_window(en_engine *engine, uint16_t results) {
  for (uint32_t i = 0, next = 0; i < engine->layer_count; i++) {
    const en_layer *layer = &engine->layers[i];
    const uint32_t first = next;
    reset_layer(engine, layer);
    for (uint32_t n = 0; n < engine->filled; n++) {
      const uint32_t row = layer->flags & EN_LAYER_BACKWARD ? engine->filled - 1u - n : n;
      next = first;
      en_error error = step_layer(engine, layer, &next, row);
      if (error) return error;
      const en_record *result = &engine->records[layer->result];
      memcpy(row_of(engine, i + 1, row), engine->ram + result->offset, up8(result->rows * en_value_bytes(result->kind)));
    }
  }
  engine->first = engine->seen;
  engine->ready = results;
  return EN_OK;
}

static en_error step_window(en_engine *engine, const int16_t *input) {
  const en_flow *flow = &engine->flow;
  const uint16_t left = (uint16_t)(engine->filled - engine->seen);
  if (!input) {
    if (engine->ready || !left) return EN_OK;
    en_error error = run_window(engine, left);
    engine->filled = engine->seen = 0;
    return error;
  }
  memcpy(row_of(engine, 0, engine->filled++), input, engine->inputs * sizeof *input);
  if (left + 1 < flow->hop + flow->after) return EN_OK;
  en_error error = run_window(engine, flow->hop);
  const uint16_t behind = (uint16_t)(engine->seen + flow->hop), seen = behind < flow->before ? behind : flow->before;
  const uint16_t gone = (uint16_t)(behind - seen);
  memmove(row_of(engine, 0, 0), row_of(engine, 0, gone), (size_t)(row_of(engine, 0, engine->filled) - row_of(engine, 0, gone)));
  engine->filled = (uint16_t)(engine->filled - gone);
  engine->seen = seen;
  return error;
}

en_error en_engine_step(en_engine *engine, const int16_t *input, size_t inputs, const int16_t **output, size_t *outputs) {
  const en_flow *flow = &engine->flow;
  *outputs = 0;
  if (!engine->runtime) return EN_NO_MODEL;
  if (input && inputs != engine->inputs) return EN_INPUT;
  uint32_t piece = 0;
  en_error error = flow->hop ? step_window(engine, input) : EN_OK;
  if (!flow->hop && input) {
    memcpy(engine->ram + flow->offset, input, inputs * sizeof *input);
    for (uint32_t i = 0; i < engine->layer_count && !error; i++) error = step_layer(engine, &engine->layers[i], &piece, 0);
    if (!error && flow->line_count) en_flow_remember(engine->model, engine->ram, engine->layers, flow);
  }
  if (error || (flow->hop ? !engine->ready : !input)) return error;
  const en_layer *last = &engine->layers[engine->layer_count - 1];
  const uint8_t *result = engine->ram + records_of(engine, last)[last->result].offset;
  if (flow->hop) {
    result = row_of(engine, engine->layer_count, engine->first++);
    engine->ready--;
  }
  *output = (const int16_t *)(const void *)result;
  *outputs = engine->outputs;
  return EN_OK;
}

const uint8_t *en_engine_section(const en_engine *engine, uint32_t tag, size_t *length) {
  return en_check_section(engine->model, tag, length);
}
