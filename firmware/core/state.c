/* State messages: the states of the model, read and replaced in parts. */
#include <string.h>

#include "session.h"

static void save(en_session *session, const en_request *request) {
  en_save_payload wanted;
  if (request->length != sizeof wanted) {
    en_session_answer(session, request, EN_PAYLOAD);
    return;
  }
  memcpy(&wanted, request->payload, sizeof wanted);
  const en_engine *engine = &session->engine;
  en_save_reply reply = {.bytes = engine->header->state_bytes, .frames = session->stream.frames};
  size_t most = session->board->sent_bytes - EN_SESSION_ROOM, left = wanted.offset < reply.bytes ? reply.bytes - wanted.offset : 0;
  if (most > session->board->frame_bytes) most = session->board->frame_bytes;
  if (left > most) left = most;
  en_session_reply(session, request, EN_OK, 0, &reply, sizeof reply, engine->ram + (left ? wanted.offset : 0), left);
}

static en_error restore(en_session *session, const en_request *request, uint32_t *detail) {
  en_restore_payload begin;
  if (session->stream.open) return EN_BUSY;
  if (request->length < sizeof begin) return EN_PAYLOAD;
  memcpy(&begin, request->payload, sizeof begin);
  const en_engine *engine = &session->engine;
  if (memcmp(begin.name, en_check_name(engine->model), sizeof begin.name) != 0) return EN_OTHER_MODEL;
  const uint32_t bytes = engine->header->state_bytes, count = (uint32_t)(request->length - sizeof begin);
  if (begin.offset == 0) session->restored = 0;
  *detail = session->restored;
  if (begin.offset != session->restored || count > bytes - session->restored) return EN_PAYLOAD;
  memcpy(engine->ram + begin.offset, request->payload + sizeof begin, count);
  session->restored += count;
  return EN_OK;
}

void en_state_request(en_session *session, const en_request *request) {
  if (!session->loaded) {
    en_session_answer(session, request, EN_NO_MODEL);
  } else if (request->type == EN_MESSAGE_SAVE) {
    save(session, request);
  } else {
    uint32_t detail = 0;
    en_error error = restore(session, request, &detail);
    en_session_reply(session, request, error, detail, NULL, 0, NULL, 0);
  }
}
