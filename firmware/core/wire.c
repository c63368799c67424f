#include "wire.h"

#include <string.h>

#include "crc.h"

enum { SYSEX_START = 0xF0, SYSEX_END = 0xF7, LONGEST_PATIENCE_MS = 2000 };

void en_wire_open(en_wire *wire, const en_board *board) {
  memset(wire, 0, sizeof *wire);
  wire->board = board;
}

/* ---- Receiving ---- */

void en_wire_begin(en_wire *wire) {
  wire->received = 0;
  wire->crc = 0;
  wire->sent_crc = 0;
  wire->bits = 0;
  wire->bit_count = 0;
  wire->damaged = false;
}

void en_wire_stirred(en_wire *wire) { wire->stirred_ms = wire->board->milliseconds(); }

static void take(en_wire *wire, uint8_t byte) {
  size_t at = wire->received++;
  if (at < sizeof(en_frame)) {
    ((uint8_t *)&wire->head)[at] = byte;
    wire->crc = en_crc32(wire->crc, &byte, 1);
    return;
  }
  at -= sizeof(en_frame);
  if (at < wire->head.length) {
    if (wire->head.length <= wire->board->frame_bytes) wire->board->frame[at] = byte;
    wire->crc = en_crc32(wire->crc, &byte, 1);
    return;
  }
  at -= wire->head.length;
  if (at < 4) wire->sent_crc |= (uint32_t)byte << (8 * at);
  else wire->damaged = true;
}

void en_wire_byte(en_wire *wire, uint8_t byte) {
  if (wire->damaged) return;
  wire->bits |= (uint32_t)(byte & 0x7F) << wire->bit_count;
  wire->bit_count += 7;
  if (wire->bit_count < 8) return;
  take(wire, (uint8_t)wire->bits);
  wire->bits >>= 8;
  wire->bit_count -= 8;
}

static void forget(en_wire *wire, uint8_t connection) {
  wire->connection = connection;
  wire->expected = 0;
  wire->asked = false;
  wire->acknowledge_due = false;
  wire->wanted_room = 0;
  wire->next = 0;
  wire->oldest = 0;
  wire->used = 0;
  wire->charged = 0;
}

static void transmit(en_wire *wire, const en_frame *head, const uint8_t *payload);

static void send_control(en_wire *wire, uint8_t type) {
  en_frame head = {.connection = wire->connection, .sequence = wire->next, .type = type};
  transmit(wire, &head, NULL);
}

static void ask_again(en_wire *wire) {
  wire->asked = true;
  if (wire->connection != 0) send_control(wire, EN_MESSAGE_RESEND);
}

static void resend(en_wire *wire);

/* What the host has handled need not be kept. */
static void acknowledged(en_wire *wire, uint8_t wanted) {
  uint8_t waiting = (uint8_t)(wire->next - wire->oldest);
  uint8_t count = (uint8_t)(wanted - wire->oldest);
  if (count == 0 || count > waiting) return;
  size_t bytes = 0;
  for (uint8_t i = 0; i < count; i++) {
    en_frame head;
    memcpy(&head, wire->board->sent + bytes, sizeof head);
    bytes += sizeof head + head.length;
    wire->charged -= en_wire_cost(wire, head.length);
  }
  wire->used -= bytes;
  memmove(wire->board->sent, wire->board->sent + bytes, wire->used);
  wire->oldest = wanted;
  wire->sent_ms = wire->board->milliseconds();
  wire->patience_ms = wire->patience_ms / 2 > EN_WIRE_RESEND_MS ? wire->patience_ms / 2 : EN_WIRE_RESEND_MS;
}

static bool whole(const en_wire *wire) {
  return !wire->damaged && wire->received == sizeof(en_frame) + wire->head.length + 4u && wire->crc == wire->sent_crc;
}

bool en_wire_end(en_wire *wire, en_request *request) {
  if (!whole(wire)) {
    wire->damaged_count++;
    if (!wire->asked) ask_again(wire);
    return false;
  }
  const en_frame *head = &wire->head;
  if (head->type == EN_MESSAGE_HELLO && head->connection != wire->connection && head->connection != 0) {
    forget(wire, head->connection);
  }
  if (head->connection != wire->connection || wire->connection == 0) return false;
  wire->heard_ms = wire->board->milliseconds();
  acknowledged(wire, head->acknowledge);
  if (head->type == EN_MESSAGE_ACKNOWLEDGE) return false;
  if (head->type == EN_MESSAGE_RESEND) {
    resend(wire);
    return false;
  }
  uint8_t distance = (uint8_t)(head->sequence - wire->expected);
  if (distance >= 128) {
    wire->doubled++;
    wire->acknowledge_due = true;
    return false;
  }
  if (distance > 0) {
    wire->missed++;
    /* The host has begun again and the wanted frame is still missing: ask once more. */
    bool again = distance <= (uint8_t)(wire->ahead - wire->expected);
    wire->ahead = head->sequence;
    if (!wire->asked || again) ask_again(wire);
    return false;
  }
  request->type = head->type;
  request->sequence = head->sequence;
  request->error = head->length > wire->board->frame_bytes ? EN_TOO_LONG : EN_OK;
  request->payload = wire->board->frame;
  request->length = request->error ? 0 : head->length;
  return true;
}

void en_wire_accept(en_wire *wire) {
  wire->expected++;
  wire->ahead = wire->expected;
  wire->asked = false;
  wire->wanted_room = 0;
  wire->acknowledge_due = true;
}

void en_wire_defer(en_wire *wire, size_t room) {
  wire->overruns++;
  wire->wanted_room = room;
  wire->asked = true; /* en_wire_poll asks when there is room */
  wire->ahead = wire->expected;
}

/* ---- Sending ---- */

typedef struct packer {
  const en_board *board;
  uint8_t bytes[64];
  size_t count;
  uint32_t bits;
  uint8_t bit_count;
} packer;

static void put(packer *packer, uint8_t byte) {
  packer->bytes[packer->count++] = byte;
  if (packer->count < sizeof packer->bytes) return;
  packer->board->write(packer->bytes, packer->count);
  packer->count = 0;
}

static void pack(packer *packer, const void *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    packer->bits |= (uint32_t)((const uint8_t *)bytes)[i] << packer->bit_count;
    for (packer->bit_count += 8; packer->bit_count >= 7; packer->bit_count -= 7) {
      put(packer, packer->bits & 0x7F);
      packer->bits >>= 7;
    }
  }
}

/* Puts a frame on the line, with the newest acknowledgement. */
static void transmit(en_wire *wire, const en_frame *stored, const uint8_t *payload) {
  en_frame head = *stored;
  head.acknowledge = wire->expected;
  uint32_t crc = en_crc32(0, &head, sizeof head);
  if (head.length > 0) crc = en_crc32(crc, payload, head.length);
  packer packer = {.board = wire->board};
  put(&packer, SYSEX_START);
  put(&packer, EN_WIRE_SYSEX);
  pack(&packer, &head, sizeof head);
  if (head.length > 0) pack(&packer, payload, head.length);
  pack(&packer, &crc, sizeof crc);
  if (packer.bit_count > 0) put(&packer, packer.bits & 0x7F);
  put(&packer, SYSEX_END);
  wire->board->write(packer.bytes, packer.count);
  wire->acknowledge_due = false;
}

size_t en_wire_room(const en_wire *wire) { return wire->board->sent_bytes - wire->charged; }

size_t en_wire_cost(const en_wire *wire, size_t payload_bytes) {
  /* Fewer than half of the 256 sequences may be on their way: one more would look like an old one. */
  size_t least = wire->board->sent_bytes / 127 + 1;
  size_t stored = sizeof(en_frame) + payload_bytes;
  return stored > least ? stored : least;
}

bool en_wire_send(en_wire *wire, uint8_t type, const void *first, size_t first_bytes, const void *second,
                  size_t second_bytes) {
  size_t length = first_bytes + second_bytes;
  if (wire->connection == 0 || length > UINT16_MAX || en_wire_room(wire) < en_wire_cost(wire, length)) return false;
  uint8_t *at = wire->board->sent + wire->used;
  en_frame head = {.connection = wire->connection, .sequence = wire->next, .type = type, .length = (uint16_t)length};
  memcpy(at, &head, sizeof head);
  if (first_bytes > 0) memcpy(at + sizeof head, first, first_bytes);
  if (second_bytes > 0) memcpy(at + sizeof head + first_bytes, second, second_bytes);
  wire->used += sizeof head + length;
  wire->charged += en_wire_cost(wire, length);
  if (wire->next++ == wire->oldest) {
    wire->sent_ms = wire->board->milliseconds();
    if (wire->patience_ms < EN_WIRE_RESEND_MS) wire->patience_ms = EN_WIRE_RESEND_MS;
  }
  transmit(wire, &head, at + sizeof head);
  return true;
}

static void resend(en_wire *wire) {
  for (size_t at = 0; at < wire->used;) {
    en_frame head;
    memcpy(&head, wire->board->sent + at, sizeof head);
    transmit(wire, &head, wire->board->sent + at + sizeof head);
    at += sizeof head + head.length;
    wire->resent++;
  }
  wire->sent_ms = wire->board->milliseconds();
}

bool en_wire_poll(en_wire *wire) {
  if (wire->connection == 0) return false;
  uint32_t now = wire->board->milliseconds();
  if (now - wire->heard_ms > EN_WIRE_HOST_SILENT_MS) {
    forget(wire, 0);
    return true;
  }
  if (wire->wanted_room > 0 && en_wire_room(wire) >= wire->wanted_room) {
    wire->wanted_room = 0;
    ask_again(wire);
  }
  if (wire->acknowledge_due) send_control(wire, EN_MESSAGE_ACKNOWLEDGE);
  /* While anything comes, an acknowledgement may be on its way behind it. */
  if (wire->used > 0 && now - wire->sent_ms > wire->patience_ms && now - wire->stirred_ms > wire->patience_ms) {
    if (wire->patience_ms < LONGEST_PATIENCE_MS) wire->patience_ms *= 2;
    resend(wire);
  }
  return false;
}
