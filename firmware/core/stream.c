/* Stream messages: samples to frames, frames to steps, steps to events. */
#include "stream.h"

#include <string.h>

#include "decoder.h"
#include "frontend.h"
#include "guard.h"
#include "listen.h"
#include "session.h"

static uint32_t tag(const char *letters) {
  uint32_t number;
  memcpy(&number, letters, sizeof number);
  return number;
}

/* ---- One step ---- */

static void send_detection(en_session *session, const en_decision *decision) {
  en_detection_payload event = {
    .frame = session->stream.frames, .sample = session->stream.samples,
    .label = (uint16_t)decision->detected, .score = decision->score,
  };
  (void)en_wire_send(&session->wire, EN_MESSAGE_DETECTION, &event, sizeof event, NULL, 0);
}

static void send_level(en_session *session) {
  en_level_payload event = {.frame = session->stream.frames};
  en_frontend_level(session->stream.front_end_ram, &event.peak, &event.rms);
  (void)en_wire_send(&session->wire, EN_MESSAGE_LEVEL, &event, sizeof event, NULL, 0);
}

static void trapped(en_session *session, en_error error) {
  en_trap_payload event = {.frame = session->stream.frames, .error = (uint16_t)error};
  session->stream.open = session->stream.alone = false;
  session->stream.deaf = true; /* a model that takes its place hears */
  event.reverted = en_update_trapped(session, error);
  (void)en_wire_send(&session->wire, EN_MESSAGE_TRAP, &event, sizeof event, NULL, 0);
}

static void count_ticks(en_stream *stream, uint32_t ticks) {
  ticks += stream->front_end_ticks;
  stream->front_end_ticks = 0;
  stream->ticks += ticks;
  if (ticks > stream->ticks_most) stream->ticks_most = ticks;
}

static void step(en_session *session, const int16_t *frame) {
  en_stream *stream = &session->stream;
  const en_board *board = session->board;
  if (session->good_steps < EN_STORE_GOOD_STEPS) en_guard_enter(board);
  const int16_t *logits;
  size_t outputs;
  uint32_t begun = board->ticks();
  en_error error = en_engine_step(&session->engine, frame, stream->inputs, &logits, &outputs);
  if (error) {
    trapped(session, error);
    return;
  }
  en_decision decision = {.detected = EN_NO_DETECTION};
  if (stream->decoder && outputs > 0) decision = en_decoder_push(stream->decoder, stream->decoder_ram, logits);
  count_ticks(stream, board->ticks() - begun);
  en_update_stepped(session);
  if (outputs == 0) return;
  if (stream->wants & EN_WANT_LEVELS && stream->source != EN_SOURCE_FRAMES) send_level(session);
  if (stream->wants & EN_WANT_LOGITS) {
    en_logits_payload event = {.frame = stream->frames};
    (void)en_wire_send(&session->wire, EN_MESSAGE_LOGITS, &event, sizeof event, logits, outputs * sizeof *logits);
  }
  if (decision.detected >= 0 && stream->source == EN_SOURCE_SENSOR) board->listening->detected(session, &decision);
  if (decision.detected >= 0 && stream->wants & EN_WANT_DETECTIONS) send_detection(session, &decision);
  stream->frames++;
}

/* ---- Samples and frames ---- */

void en_stream_samples(en_session *session, const int16_t *samples, size_t count) {
  en_stream *stream = &session->stream;
  while (count > 0 && (stream->open || stream->alone)) {
    bool complete;
    uint32_t begun = session->board->ticks();
    size_t taken = en_frontend_push(stream->front_end, stream->front_end_ram, samples, count, stream->frame, &complete);
    stream->front_end_ticks += session->board->ticks() - begun;
    stream->samples += (uint32_t)taken;
    samples += taken;
    count -= taken;
    if (complete) step(session, stream->frame);
  }
}

/* µ-law of ITU-T G.711: sign, three bits of exponent, four of mantissa, all inverted. */
static int16_t expanded(uint8_t code) {
  code = (uint8_t)~code;
  int value = ((((code & 15) << 3) + 132) << (code >> 4 & 7)) - 132;
  return (int16_t)(code & 0x80 ? -value : value);
}

static void take_companded(en_session *session, const uint8_t *codes, size_t count) {
  int16_t samples[64];
  while (count > 0) {
    size_t part = count < 64 ? count : 64;
    for (size_t i = 0; i < part; i++) samples[i] = expanded(codes[i]);
    en_stream_samples(session, samples, part);
    codes += part;
    count -= part;
  }
}

static bool fits(const en_session *session, const en_request *request) {
  const en_stream *stream = &session->stream;
  if (stream->source == EN_SOURCE_SENSOR || request->length > stream->payload_bytes || (request->length == 0 && !session->engine.flow.hop)) return false;
  if ((request->type == EN_MESSAGE_STREAM_FRAME) != (stream->source == EN_SOURCE_FRAMES)) return false;
  if (stream->source == EN_SOURCE_FRAMES) return request->length % (stream->inputs * sizeof(int16_t)) == 0;
  return stream->source == EN_SOURCE_PCM8 || request->length % sizeof(int16_t) == 0;
}

static void take(en_session *session, const en_request *request) {
  en_stream *stream = &session->stream;
  if (!stream->open || !fits(session, request)) {
    en_session_answer(session, request, stream->open ? EN_PAYLOAD : EN_NO_STREAM);
    return;
  }
  if (request->length == 0) step(session, NULL);
  const int16_t *values = (const int16_t *)(const void *)request->payload; /* aligned to 8; boards are little-endian */
  if (stream->source == EN_SOURCE_PCM16) en_stream_samples(session, values, request->length / sizeof *values);
  if (stream->source == EN_SOURCE_PCM8) take_companded(session, request->payload, request->length);
  if (stream->source != EN_SOURCE_FRAMES) return;
  for (size_t at = 0; at < request->length && stream->open; at += stream->inputs * sizeof *values) {
    step(session, values + at / sizeof *values);
  }
}

/* ---- Start, stop ---- */

size_t en_stream_step_room(const en_session *session) {
  const en_wire *wire = &session->wire;
  uint8_t wants = session->stream.wants;
  size_t room = 0;
  if (wants & EN_WANT_DETECTIONS) room += en_wire_cost(wire, sizeof(en_detection_payload));
  if (wants & EN_WANT_LEVELS) room += en_wire_cost(wire, sizeof(en_level_payload));
  if (wants & EN_WANT_LOGITS) {
    room += en_wire_cost(wire, sizeof(en_logits_payload) + session->stream.outputs * sizeof(int16_t));
  }
  return room;
}

/* Steps that a payload of a stream message can cause. */
static size_t steps_of(const en_stream *stream, size_t bytes) {
  if (bytes == 0) return 1;
  if (stream->source == EN_SOURCE_FRAMES) return bytes / (stream->inputs * sizeof(int16_t));
  return bytes / (stream->source == EN_SOURCE_PCM16 ? 2 : 1) / stream->head.hop + 1;
}

size_t en_stream_room(const en_session *session, const en_request *request) {
  const en_stream *stream = &session->stream;
  bool steps = stream->open && (request->type == EN_MESSAGE_STREAM_PCM || request->type == EN_MESSAGE_STREAM_FRAME);
  return steps && request->length <= stream->payload_bytes ? steps_of(stream, request->length) * en_stream_step_room(session) : 0;
}

/* Payloads whose events shall fit into the board's `sent` at once: while the host acknowledges those of one, the next is at work. */
enum { PAYLOADS = 3 };

/* The largest payload whose events surely fit. 0 if not even one step's do. */
static size_t largest_payload(const en_session *session) {
  const en_stream *stream = &session->stream;
  const en_board *board = session->board;
  size_t unit = stream->source == EN_SOURCE_FRAMES ? stream->inputs * sizeof(int16_t) : stream->source == EN_SOURCE_PCM16 ? 2 : 1;
  size_t most = board->frame_bytes / unit * unit;
  size_t room = en_stream_step_room(session);
  if (room == 0) return most;
  size_t steps = (board->sent_bytes - EN_SESSION_ROOM) / room;
  if (steps == 0) return 0;
  if (steps > PAYLOADS) steps /= PAYLOADS;
  size_t bytes = stream->source == EN_SOURCE_FRAMES ? steps * unit : ((steps - 1) * stream->head.hop + stream->head.hop - 1) * unit;
  return bytes < most ? bytes : most;
}

en_error en_stream_attach(en_session *session) {
  en_stream *stream = &session->stream;
  const en_engine *engine = &session->engine;
  memset(stream, 0, sizeof *stream);
  stream->inputs = engine->inputs;
  stream->outputs = engine->outputs;
  stream->front_end_ram = engine->ram + engine->front_end_offset;
  stream->decoder_ram = engine->ram + engine->decoder_offset;
  size_t length;
  const uint8_t *section = en_engine_section(engine, tag("FRNT"), &length);
  if (section) {
    en_error error = en_frontend_check(section, length);
    if (error) return error;
    if (en_frontend_bands(section) != stream->inputs) return EN_INPUT;
    memcpy(&stream->head, section, sizeof stream->head);
    stream->front_end = section;
  }
  section = en_engine_section(engine, tag("OUTP"), &length);
  if (!section) return EN_OK;
  en_error error = en_decoder_check(section, length);
  if (error) return error;
  stream->decoder = section;
  return en_decoder_labels(section) == stream->outputs ? EN_OK : EN_INPUT;
}

/* Whether the model has what the source needs, and the board the room for what is wanted. */
static en_error openable(en_session *session) {
  en_stream *stream = &session->stream;
  if (!session->loaded) return EN_NO_MODEL;
  if (stream->source > EN_SOURCE_SENSOR) return EN_PAYLOAD;
  if (stream->source == EN_SOURCE_SENSOR && !session->board->listening) return EN_NO_SENSOR;
  if (stream->source != EN_SOURCE_FRAMES && !stream->front_end) return EN_SECTION;
  stream->payload_bytes = (uint16_t)largest_payload(session);
  return stream->payload_bytes == 0 ? EN_LIMIT : EN_OK;
}

static void begin_anew(en_stream *stream) {
  if (stream->front_end) en_frontend_reset(stream->front_end, stream->front_end_ram);
  if (stream->decoder) en_decoder_reset(stream->decoder, stream->decoder_ram);
}

void en_stream_listen(en_session *session) {
  en_stream *stream = &session->stream;
  stream->source = EN_SOURCE_SENSOR;
  stream->wants = 0;
  stream->frames = stream->samples = stream->ticks_most = stream->front_end_ticks = 0;
  stream->ticks = 0;
  en_learned_begin(session);
  begin_anew(stream);
  stream->alone = true;
}

/* The host's part is over; what the board hears of itself goes on. */
static void close_stream(en_stream *stream) {
  stream->alone = stream->open && stream->source == EN_SOURCE_SENSOR;
  stream->open = false;
  stream->wants = 0;
}

static void start(en_session *session, const en_request *request) {
  en_stream *stream = &session->stream;
  en_stream_end(session, EN_ENDED_REPLACED);
  en_stream_start_payload wanted;
  if (request->length != sizeof wanted) {
    en_session_answer(session, request, EN_PAYLOAD);
    return;
  }
  memcpy(&wanted, request->payload, sizeof wanted);
  stream->source = wanted.source;
  stream->wants = wanted.wants;
  stream->frames = stream->samples = stream->ticks_most = stream->front_end_ticks = 0;
  stream->ticks = 0;
  en_error error = openable(session);
  if (error) {
    en_session_answer(session, request, error);
    return;
  }
  if (!wanted.keep) en_learned_begin(session);
  if (!wanted.keep || stream->source != EN_SOURCE_SENSOR || !stream->alone) begin_anew(stream);
  stream->alone = false;
  stream->open = true;
  en_stream_start_reply reply = {
    .sample_rate = stream->head.sample_rate,
    .hop = stream->head.hop, .inputs = stream->inputs, .outputs = stream->outputs, .payload_bytes = stream->payload_bytes,
  };
  en_session_reply(session, request, EN_OK, 0, &reply, sizeof reply, NULL, 0);
}

void en_stream_end(en_session *session, uint32_t reason) {
  if (!session->stream.open) return;
  close_stream(&session->stream);
  en_guard_leave(session->board);
  en_ended_payload event = {.reason = reason};
  (void)en_wire_send(&session->wire, EN_MESSAGE_ENDED, &event, sizeof event, NULL, 0);
}

static void stop(en_session *session, const en_request *request) {
  en_error error = session->stream.open ? EN_OK : EN_NO_STREAM;
  close_stream(&session->stream);
  en_guard_leave(session->board);
  en_statistics_reply statistics;
  en_session_statistics(session, &statistics);
  en_session_reply(session, request, error, 0, &statistics, sizeof statistics, NULL, 0);
}

void en_stream_request(en_session *session, const en_request *request) {
  if (request->type == EN_MESSAGE_STREAM_START) start(session, request);
  else if (request->type == EN_MESSAGE_STREAM_STOP) stop(session, request);
  else take(session, request);
}
