#include "session.h"

#include <string.h>

#include "guard.h"
#include "heap.h"
#include "kernels.h"
#include "listen.h"

void en_session_open(en_session *session, const en_board *board) {
  memset(session, 0, sizeof *session);
  session->board = board;
  session->started_ms = board->milliseconds();
  en_wire_open(&session->wire, board);
  en_firmata_open(&session->firmata, board, &session->wire);
  en_journal_open(&session->journal, board);
  en_store_open(&session->store, board, en_journal_bytes(board));
  if (en_guard_open(board) >= EN_STORE_RESETS) {
    session->link_only = session->store.confirmed || session->store.current == EN_NO_SLOT;
    if (!session->link_only) {
      session->last_fault = en_store_drop(&session->store);
      en_guard_clear(board);
    }
  }
  if (!session->link_only) en_update_load(session);
  en_firmata_greet(&session->firmata);
}

void en_session_close(en_session *session) { en_guard_leave(session->board); }

/* ---- Answers ---- */

void en_session_reply(en_session *session, const en_request *request, en_error error, uint32_t detail, const void *fields,
                      size_t bytes, const void *rest, size_t rest_bytes) {
  struct { en_reply head; uint8_t fields[EN_SESSION_ROOM]; } answer = {
    .head = {.sequence = request->sequence, .error = (uint16_t)error, .detail = detail},
  };
  if (error || bytes > sizeof answer.fields) bytes = rest_bytes = 0;
  if (bytes > 0) memcpy(answer.fields, fields, bytes);
  /* Room was made sure of before the request was accepted. */
  (void)en_wire_send(&session->wire, request->type | EN_WIRE_REPLY, &answer, sizeof answer.head + bytes, rest, rest_bytes);
}

void en_session_statistics(const en_session *session, en_statistics_reply *statistics) {
  const en_stream *stream = &session->stream;
  const en_wire *wire = &session->wire;
  *statistics = (en_statistics_reply){
    .uptime_ms = session->board->milliseconds() - session->started_ms,
    .frames = stream->frames,
    .samples = stream->samples,
    .ticks = (uint32_t)stream->ticks,
    .ticks_high = (uint32_t)(stream->ticks >> 32),
    .ticks_most = stream->ticks_most,
    .ticks_per_second = session->board->ticks_per_second,
    .heap_bytes = (uint32_t)en_heap_used(),
    .heap_most = (uint32_t)en_heap_most(),
    .stack_most = session->board->stack_peak ? (uint32_t)session->board->stack_peak() : 0,
    .lost = session->board->overruns ? session->board->overruns() : 0,
    .resent = wire->resent,
    .damaged = wire->damaged_count,
    .doubled = wire->doubled,
    .missed = wire->missed,
    .overruns = wire->overruns,
  };
}

static uint8_t model_state(const en_session *session) {
  if (session->link_only) return EN_MODEL_LINK_ONLY;
  if (!session->loaded) return EN_MODEL_NONE;
  return session->store.confirmed ? EN_MODEL_CONFIRMED : EN_MODEL_TRYING;
}

/* Frames that the host may send without waiting: what the board's receiver holds, packed and in SysEx. */
static uint16_t window(const en_board *board) {
  size_t frame = (board->frame_bytes + sizeof(en_frame) + 4) * 8 / 7 + 4;
  size_t frames = board->receive_bytes / frame;
  return frames < 1 ? 1 : frames > 64 ? 64 : (uint16_t)frames;
}

static void answer_hello(en_session *session, const en_request *request) {
  const en_board *board = session->board;
  session->stream.open = false; /* the host that had opened it is gone; one of the sensor begins again */
  en_guard_leave(board);
  en_hello_reply hello = {
    .protocol = EN_WIRE_PROTOCOL,
    .ops = EN_OP_COUNT,
    .payload_bytes = (uint16_t)board->frame_bytes,
    .window = window(board),
    .slots = EN_SLOTS,
    .write_bytes = (uint16_t)board->write_bytes,
    .slot_bytes = (uint32_t)session->store.slot_bytes,
    .ram_bytes = (uint32_t)board->model_bytes,
    .heap_bytes = (uint32_t)en_heap_used(),
    .uptime_ms = board->milliseconds() - session->started_ms,
    .last_fault = (uint16_t)session->last_fault,
    .model_state = model_state(session),
    .forgets = board->forgets,
    .kinds = en_kernel_set.kinds,
    .stack_bytes = (uint32_t)board->stack_bytes,
  };
  strncpy((char *)hello.board, board->name, sizeof hello.board - 1);
  strncpy((char *)hello.kernels, en_kernel_set.name, sizeof hello.kernels - 1);
  en_session_reply(session, request, EN_OK, 0, &hello, sizeof hello, NULL, 0);
}

static void answer_set(en_session *session, const en_request *request) {
  en_set_payload set;
  if (request->length < sizeof set) {
    en_session_answer(session, request, EN_PAYLOAD);
    return;
  }
  memcpy(&set, request->payload, sizeof set);
  const bool learned = set.key >= EN_STORE_LEARNED && set.key < EN_STORE_LEARNED + EN_STORE_LEARNED_MOST;
  if (learned && session->stream.open) {
    en_session_answer(session, request, EN_BUSY);
    return;
  }
  const bool rule = set.key >= EN_STORE_RULES && set.key < EN_STORE_RULES + EN_STORE_RULES_MOST;
  const uint8_t *value = request->payload + sizeof set;
  const size_t length = request->length - sizeof set;
  const en_listening *listening = session->board->listening;
  en_error error = !rule ? EN_OK : listening ? listening->check_rule(session, value, length) : EN_NO_SENSOR;
  if (!error) error = en_journal_set(&session->journal, set.key, value, length);
  if (!error && learned && session->loaded) en_learned_begin(session);
  if (!error && rule) session->stream.rules_known = false;
  en_session_answer(session, request, error);
}

static void answer_get(en_session *session, const en_request *request) {
  en_get_payload get;
  if (request->length != sizeof get) {
    en_session_answer(session, request, EN_PAYLOAD);
    return;
  }
  memcpy(&get, request->payload, sizeof get);
  size_t length = 0;
  const uint8_t *value = en_journal_get(&session->journal, get.key, &length);
  en_session_reply(session, request, value ? EN_OK : EN_NOT_FOUND, get.key, NULL, 0, value, length);
}

static void answer_statistics(en_session *session, const en_request *request) {
  en_statistics_reply statistics;
  en_session_statistics(session, &statistics);
  en_session_reply(session, request, EN_OK, 0, &statistics, sizeof statistics, NULL, 0);
}

static void answer(en_session *session, const en_request *request) {
  if (request->error) {
    en_session_answer(session, request, request->error);
    return;
  }
  switch (request->type) {
    case EN_MESSAGE_HELLO: answer_hello(session, request); return;
    case EN_MESSAGE_MODEL_BEGIN:
    case EN_MESSAGE_MODEL_WRITE:
    case EN_MESSAGE_MODEL_COMMIT:
    case EN_MESSAGE_MODEL_STATUS:
    case EN_MESSAGE_MODEL_READ:
    case EN_MESSAGE_MODEL_ERASE: en_update_request(session, request); return;
    case EN_MESSAGE_STREAM_START:
    case EN_MESSAGE_STREAM_PCM:
    case EN_MESSAGE_STREAM_FRAME:
    case EN_MESSAGE_STREAM_STOP: en_stream_request(session, request); return;
    case EN_MESSAGE_SET: answer_set(session, request); return;
    case EN_MESSAGE_GET: answer_get(session, request); return;
    case EN_MESSAGE_STATISTICS: answer_statistics(session, request); return;
    case EN_MESSAGE_SAVE:
    case EN_MESSAGE_RESTORE: en_state_request(session, request); return;
    case EN_MESSAGE_BENCH: en_bench_request(session, request); return;
    case EN_MESSAGE_HEARD:
      if (session->board->listening) session->board->listening->answer_heard(session, request);
      else en_session_answer(session, request, EN_NO_SENSOR);
      return;
    case EN_MESSAGE_RESET:
      if (session->loaded) en_learned_begin(session);
      en_session_answer(session, request, session->loaded ? EN_OK : EN_NO_MODEL);
      return;
    case EN_MESSAGE_REBOOT:
      en_session_answer(session, request, EN_OK);
      en_guard_clear(session->board);
      session->board->reset();
      return;
    default: en_session_answer(session, request, EN_UNKNOWN_MESSAGE);
  }
}

/* What the answers to a request may take, at most. */
static size_t room_for(const en_session *session, const en_request *request) {
  if (request->type == EN_MESSAGE_GET) return EN_SESSION_ROOM + EN_STORE_VALUE_BYTES;
  if (request->type == EN_MESSAGE_MODEL_READ || request->type == EN_MESSAGE_SAVE) return EN_SESSION_ROOM + session->board->frame_bytes;
  return EN_SESSION_ROOM + en_stream_room(session, request);
}

static void handle(en_session *session, const en_request *request) {
  size_t room = room_for(session, request);
  if (room > session->board->sent_bytes) room = session->board->sent_bytes;
  if (en_wire_room(&session->wire) < room) {
    en_wire_defer(&session->wire, room);
    return;
  }
  en_wire_accept(&session->wire);
  answer(session, request);
  session->wire.heard_ms = session->board->milliseconds(); /* nobody listened meanwhile, so the host was not silent */
}

bool en_session_poll(en_session *session) {
  uint8_t bytes[256];
  size_t count = session->board->read(bytes, sizeof bytes);
  if (count > 0) en_wire_stirred(&session->wire);
  for (size_t i = 0; i < count; i++) {
    en_request request;
    en_received received = en_firmata_receive(&session->firmata, bytes[i], &request);
    if (received == EN_RECEIVED_REQUEST) handle(session, &request);
    if (received == EN_RECEIVED_RESET) en_stream_end(session, EN_ENDED_RESET);
  }
  if (en_wire_poll(&session->wire)) en_stream_end(session, EN_ENDED_HOST_VANISHED);
  en_firmata_poll(&session->firmata);
  const bool heard = session->board->listening && session->board->listening->poll(session);
  if (session->board->alive) session->board->alive();
  return count > 0 || heard;
}
