/* Frames: packed in SysEx, checked, counted, acknowledged, sent again. docs/wire.md describes them byte by byte. */
#ifndef EN_WIRE_H
#define EN_WIRE_H

#include "board.h"
#include "errors.h"
#include "messages.h"

typedef struct en_request {
  uint8_t type, sequence;
  en_error error;         /* EN_TOO_LONG: the payload was not stored */
  const uint8_t *payload; /* the board's frame buffer, aligned to 8 */
  size_t length;
} en_request;

typedef struct en_wire {
  const en_board *board;
  /* The frame that comes in. */
  en_frame head;
  size_t received;   /* bytes unpacked, header and CRC included */
  uint32_t crc, sent_crc;
  uint32_t bits;     /* bits that make no whole byte yet */
  uint8_t bit_count;
  bool damaged;
  /* The connection. */
  uint8_t connection;  /* 0: no host */
  uint8_t expected;    /* sequence wanted from the host */
  uint8_t ahead;       /* the last that came ahead of it */
  bool asked;          /* the gap before it has been reported */
  bool acknowledge_due;
  uint32_t heard_ms;   /* when a frame of the host last came */
  uint32_t stirred_ms; /* when anything last came */
  size_t wanted_room;  /* a request was dropped for want of this room, 0: none */
  /* Sent and not acknowledged: heads and payloads, one behind the other in the board's `sent`. */
  uint8_t next, oldest;
  size_t used, charged; /* bytes they take, and what they cost */
  uint32_t sent_ms, patience_ms;
  uint32_t resent, damaged_count, doubled, missed, overruns;
} en_wire;

void en_wire_open(en_wire *, const en_board *);

/* A SysEx of ours: begin, its bytes (seven bits each), end. End gives true and the request when one is to be handled; after
   that, either en_wire_accept before the answers are sent, or en_wire_defer if they may need more than en_wire_room. */
void en_wire_begin(en_wire *);
void en_wire_stirred(en_wire *); /* bytes have come, whatever they are */
void en_wire_byte(en_wire *, uint8_t byte);
bool en_wire_end(en_wire *, en_request *);
void en_wire_accept(en_wire *);
void en_wire_defer(en_wire *, size_t room);

/* Room for frames to the host, and what a frame takes of it: its bytes, or more where otherwise more frames could wait than
   sequences can tell apart. */
size_t en_wire_room(const en_wire *);
size_t en_wire_cost(const en_wire *, size_t payload_bytes);
/* Sends a frame whose payload is `first` then `second`, and keeps it until it is acknowledged. False without room or host. */
bool en_wire_send(en_wire *, uint8_t type, const void *first, size_t first_bytes, const void *second, size_t second_bytes);

/* Acknowledges, sends again what is overdue. True once if the host has vanished: then it is forgotten. */
bool en_wire_poll(en_wire *);

#endif
