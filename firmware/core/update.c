/* Model messages: an update is refused as early as its facts tell, goes into the slot that does not run, and is started
   before it is committed. Whatever fails, the old model is there again. */
#include <string.h>

#include "crc.h"
#include "guard.h"
#include "heap.h"
#include "session.h"

static en_error load(en_session *session, const uint8_t *model, size_t length, en_profile *profile) {
  const en_board *board = session->board;
  en_heap_open(board->heap, board->heap_bytes);
  en_guard_enter(board);
  en_error error = en_engine_load(&session->engine, model, length, board->model, board->model_bytes, profile);
  if (!error) {
    error = en_stream_attach(session);
    if (error) en_engine_unload(&session->engine);
    else en_learned_begin(session);
  }
  en_guard_leave(board);
  session->loaded = error == EN_OK;
  session->good_steps = 0;
  if (error) session->last_fault = error;
  return error;
}

static void unload(en_session *session) {
  if (session->loaded) en_engine_unload(&session->engine);
  session->loaded = false;
}

void en_update_load(en_session *session) {
  unload(session);
  for (;;) {
    size_t length = 0;
    const uint8_t *model = en_store_model(&session->store, &length);
    if (!model || load(session, model, length, NULL) == EN_OK || session->store.confirmed) return;
    uint8_t failed = session->store.current;
    en_error error = en_store_drop(&session->store);
    if (error) session->last_fault = error;
    if (session->store.current == failed) return;
  }
}

en_error en_update_reload(en_session *session, en_profile *profile) {
  size_t length = 0;
  const uint8_t *model = en_store_model(&session->store, &length);
  if (!model || !session->loaded) return EN_NO_MODEL;
  unload(session);
  return load(session, model, length, profile);
}

bool en_update_trapped(en_session *session, en_error error) {
  const uint8_t slot = session->store.current;
  session->last_fault = error;
  if (!session->store.confirmed && slot != EN_NO_SLOT) {
    en_error failed = en_store_drop(&session->store);
    if (failed) session->last_fault = failed;
    en_update_load(session);
  } else {
    en_learned_begin(session);
  }
  en_guard_leave(session->board);
  return session->loaded && session->store.current != slot;
}

void en_update_stepped(en_session *session) {
  if (session->good_steps >= EN_STORE_GOOD_STEPS || ++session->good_steps < EN_STORE_GOOD_STEPS) return;
  en_guard_clear(session->board);
  en_error error = en_store_confirm(&session->store);
  if (error) session->last_fault = error;
}

/* ---- Begin ---- */

/* Ops that the model uses and this board does not know. */
static en_error check_ops(const uint8_t *ops, size_t bytes, uint32_t *detail) {
  for (uint32_t op = EN_OP_COUNT; op < bytes * 8; op++) {
    if (!(ops[op / 8] >> (op % 8) & 1)) continue;
    *detail = op;
    return EN_UNKNOWN_OP;
  }
  return EN_OK;
}

static en_error check_sections(const en_header *header, const uint8_t *table, size_t bytes) {
  if (header->sections == 0 || bytes != header->sections * sizeof(en_section)) return EN_SECTION;
  for (uint16_t i = 0; i < header->sections; i++) {
    en_section section;
    memcpy(&section, table + i * sizeof section, sizeof section);
    if (section.offset > header->length || section.length > header->length - section.offset) return EN_SECTION;
  }
  return EN_OK;
}

/* Everything that header, section table and ops tell, before anything is erased. */
static en_error check_begin(const en_session *session, const en_request *request, en_header *header, uint32_t *detail) {
  en_model_begin_payload begin;
  if (request->length < sizeof begin + sizeof *header) return EN_PAYLOAD;
  memcpy(&begin, request->payload, sizeof begin);
  memcpy(header, request->payload + sizeof begin, sizeof *header);
  if (header->magic != EN_FILE_MAGIC) return EN_MAGIC;
  if (header->version != EN_FORMAT_VERSION) return EN_VERSION;
  if (header->crc != en_crc32(0, header, sizeof *header - sizeof header->crc)) return EN_CHECKSUM;
  *detail = (uint32_t)session->store.slot_bytes;
  if (header->length > session->store.slot_bytes) return EN_SPACE;
  *detail = (uint32_t)session->board->model_bytes;
  if (header->ram_bytes > session->board->model_bytes) return EN_MEMORY;
  *detail = 0;
  size_t facts = sizeof begin + sizeof *header;
  en_error error = check_sections(header, request->payload + facts, request->length - facts);
  return error ? error : check_ops(begin.ops, sizeof begin.ops, detail);
}

static void answer_begin(en_session *session, const en_request *request) {
  en_header header;
  uint32_t detail = 0;
  en_error error = session->stream.open ? EN_BUSY : check_begin(session, request, &header, &detail);
  if (!error) error = en_store_begin(&session->store, header.length);
  en_session_reply(session, request, error, detail, NULL, 0, NULL, 0);
}

/* ---- Write, commit ---- */

static void answer_write(en_session *session, const en_request *request) {
  en_model_write_payload write;
  en_error error = EN_PAYLOAD;
  if (request->length > sizeof write) {
    memcpy(&write, request->payload, sizeof write);
    error = en_store_write(&session->store, write.offset, request->payload + sizeof write, request->length - sizeof write);
  }
  if (error) en_session_answer(session, request, error);
}

static en_error commit(en_session *session) {
  const uint8_t *model;
  size_t length;
  en_error error = session->stream.open ? EN_BUSY : en_store_written(&session->store, &model, &length);
  if (!error) error = en_check_model(model, length);
  if (error) {
    session->last_fault = error;
    return error;
  }
  unload(session);
  error = load(session, model, length, NULL);
  if (!error) error = en_store_commit(&session->store);
  if (error) {
    if (!session->link_only) en_update_load(session);
    return error;
  }
  session->link_only = false;
  en_guard_clear(session->board);
  return EN_OK;
}

/* ---- Looking at it ---- */

static void answer_status(en_session *session, const en_request *request) {
  en_model_status_reply status = {.heap_bytes = (uint32_t)en_heap_used(), .slot = session->store.current};
  status.state = session->link_only ? EN_MODEL_LINK_ONLY : EN_MODEL_NONE;
  size_t length;
  const uint8_t *model = en_store_model(&session->store, &length);
  if (model) {
    en_header header;
    memcpy(&header, model, sizeof header);
    status.sections = header.sections;
    status.number = session->store.record.number;
    status.length = header.length;
    status.ram_bytes = header.ram_bytes;
    memcpy(status.sha256, en_check_name(model), sizeof status.sha256);
  }
  if (session->loaded) {
    status.state = session->store.confirmed ? EN_MODEL_CONFIRMED : EN_MODEL_TRYING;
    status.inputs = session->engine.inputs;
    status.outputs = session->engine.outputs;
  }
  en_session_reply(session, request, EN_OK, 0, &status, sizeof status, NULL, 0);
}

static void answer_read(en_session *session, const en_request *request) {
  en_model_read_payload read;
  size_t length = 0;
  const uint8_t *model = en_store_model(&session->store, &length);
  if (!model || request->length != sizeof read) {
    en_session_answer(session, request, model ? EN_PAYLOAD : EN_NO_MODEL);
    return;
  }
  memcpy(&read, request->payload, sizeof read);
  size_t most = session->board->sent_bytes - EN_SESSION_ROOM;
  if (most > session->board->frame_bytes) most = session->board->frame_bytes;
  if (read.length > most) read.length = (uint32_t)most;
  if (read.offset > length) read.offset = (uint32_t)length;
  if (read.length > length - read.offset) read.length = (uint32_t)(length - read.offset);
  en_session_reply(session, request, EN_OK, 0, NULL, 0, model + read.offset, read.length);
}

static void answer_erase(en_session *session, const en_request *request) {
  if (session->stream.open) {
    en_session_answer(session, request, EN_BUSY);
    return;
  }
  unload(session);
  session->link_only = false;
  en_guard_clear(session->board);
  en_session_answer(session, request, en_store_erase(&session->store));
}

void en_update_request(en_session *session, const en_request *request) {
  switch (request->type) {
    case EN_MESSAGE_MODEL_BEGIN: answer_begin(session, request); return;
    case EN_MESSAGE_MODEL_WRITE: answer_write(session, request); return;
    case EN_MESSAGE_MODEL_COMMIT: en_session_answer(session, request, commit(session)); return;
    case EN_MESSAGE_MODEL_STATUS: answer_status(session, request); return;
    case EN_MESSAGE_MODEL_READ: answer_read(session, request); return;
    default: answer_erase(session, request);
  }
}
