#include "listen.h"

#include <string.h>

static void drive(const en_board *board, en_rule *rule, bool high) {
  if (rule->high == high) return;
  rule->high = high;
  board->digital_write(rule->pin, high);
}

static bool drivable(const en_board *board, uint8_t pin) {
  return pin < board->pin_count && board->pins[pin].modes >> EN_PIN_OUTPUT & 1;
}

static en_error check_rule(en_session *session, const uint8_t *value, size_t length) {
  en_rule_head head;
  if (length == 0) return EN_OK;
  if (length <= sizeof head) return EN_PAYLOAD;
  memcpy(&head, value, sizeof head);
  return drivable(session->board, head.pin) ? EN_OK : EN_NO_PIN;
}

/* The label of that name, or −1. */
static int label_of(const uint8_t *decoder, const uint8_t *name, size_t length) {
  for (size_t label = 0; label < en_decoder_labels(decoder); label++) {
    size_t bytes;
    const char *own = en_decoder_label(decoder, label, &bytes);
    if (bytes == length && memcmp(own, name, length) == 0) return (int)label;
  }
  return -1;
}

/* The journal's rules whose label the model has and whose pin the board can drive. */
static void find_rules(en_session *session) {
  const en_board *board = session->board;
  en_listener *listener = board->listener;
  for (int i = 0; i < listener->rule_count; i++) drive(board, &listener->rules[i], false);
  listener->rule_count = 0;
  session->stream.rules_known = true;
  if (!session->stream.decoder) return;
  for (uint16_t i = 0; i < EN_STORE_RULES_MOST; i++) {
    size_t length = 0;
    const uint8_t *value = en_journal_get(&session->journal, (uint16_t)(EN_STORE_RULES + i), &length);
    en_rule_head head;
    if (!value || length <= sizeof head) continue;
    memcpy(&head, value, sizeof head);
    const int label = label_of(session->stream.decoder, value + sizeof head, length - sizeof head);
    if (label < 0 || !drivable(board, head.pin)) continue;
    board->pin_mode(head.pin, EN_PIN_OUTPUT);
    listener->rules[listener->rule_count++] =
      (en_rule){.pin = head.pin, .label = (uint16_t)label, .threshold = head.threshold, .hold_ms = head.hold_ms};
  }
}

static void detected(en_session *session, const en_decision *decision) {
  en_listener *listener = session->board->listener;
  const uint32_t now = session->board->milliseconds();
  listener->heard[listener->detections++ % EN_HEARD_MOST] =
    (en_heard){now - session->started_ms, (uint16_t)decision->detected, decision->score};
  for (int i = 0; i < listener->rule_count; i++) {
    en_rule *rule = &listener->rules[i];
    if (rule->label != decision->detected || decision->score < rule->threshold) continue;
    rule->since_ms = now;
    drive(session->board, rule, true);
  }
}

static void let_go(const en_board *board) {
  en_listener *listener = board->listener;
  for (int i = 0; i < listener->rule_count; i++) {
    en_rule *rule = &listener->rules[i];
    if (rule->high && board->milliseconds() - rule->since_ms >= rule->hold_ms) drive(board, rule, false);
  }
}

/* Starts and stops the sensor as model and host want it. */
static bool hears(en_session *session) {
  const en_board *board = session->board;
  en_stream *stream = &session->stream;
  en_listener *listener = board->listener;
  const bool wanted = session->loaded && stream->front_end && !stream->deaf && (!stream->open || stream->source == EN_SOURCE_SENSOR);
  const uint32_t rate = wanted ? stream->head.sample_rate : 0;
  if (listener->rate != rate) {
    stream->deaf |= !board->listen(rate);
    listener->rate = stream->deaf ? 0 : rate;
  }
  if (listener->rate == 0) return false;
  if (!stream->open && !stream->alone) en_stream_listen(session);
  return true;
}

static bool poll(en_session *session) {
  int16_t samples[64];
  if (!session->stream.rules_known) find_rules(session);
  let_go(session->board);
  if (!hears(session) || en_wire_room(&session->wire) < en_stream_step_room(session)) return false;
  const size_t count = session->board->samples(samples, sizeof samples / sizeof *samples);
  en_stream_samples(session, samples, count);
  return count > 0;
}

static void answer_heard(en_session *session, const en_request *request) {
  const en_listener *listener = session->board->listener;
  const uint32_t all = listener->detections, count = all < EN_HEARD_MOST ? all : EN_HEARD_MOST;
  en_heard last[EN_HEARD_MOST];
  for (uint32_t i = 0; i < count; i++) last[i] = listener->heard[(all - count + i) % EN_HEARD_MOST];
  const en_heard_reply reply = {.detections = all, .uptime_ms = session->board->milliseconds() - session->started_ms};
  en_session_reply(session, request, EN_OK, 0, &reply, sizeof reply, last, count * sizeof *last);
}

const en_listening en_listen = {.poll = poll, .detected = detected, .answer_heard = answer_heard, .check_rule = check_rule};
