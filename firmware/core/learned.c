/* What a model has learned on the board: frames that the journal keeps and that it steps through wherever its states begin anew. */
#include <string.h>

#include "session.h"

/* Whether the entry of this number is there; if it is of the model that runs, the model learns it. */
static bool learn(en_session *session, uint16_t number) {
  en_engine *engine = &session->engine;
  size_t length;
  const uint8_t *value = en_journal_get(&session->journal, (uint16_t)(EN_STORE_LEARNED + number), &length);
  en_learned_head head;
  if (!value || length < sizeof head) return false;
  memcpy(&head, value, sizeof head);
  if (memcmp(head.model, en_check_name(engine->model), sizeof head.model) != 0 || engine->flow.hop) return true;
  if (length - sizeof head != (engine->inputs + 7u) / 8u) return true;
  int16_t *frame = (int16_t *)(void *)(engine->ram + engine->flow.offset);
  for (uint32_t i = 0; i < engine->inputs; i++) {
    frame[i] = value[sizeof head + i / 8] >> (i % 8) & 1 ? head.loudness : (int16_t)-head.loudness;
  }
  const int16_t *output;
  size_t outputs;
  en_error error = en_engine_step(engine, frame, engine->inputs, &output, &outputs);
  if (error) session->last_fault = error;
  return true;
}

void en_learned_begin(en_session *session) {
  en_engine_reset(&session->engine);
  for (uint16_t number = 0; number < EN_STORE_LEARNED_MOST && learn(session, number); number++) {}
}
