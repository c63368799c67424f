/* Firmata 2.6: pins, servos, analog inputs, and the SysEx that carries our frames. Everything comes in here, byte by byte. */
#ifndef EN_FIRMATA_H
#define EN_FIRMATA_H

#include "board.h"
#include "wire.h"

enum { EN_FIRMATA_PINS = 64, EN_FIRMATA_SYSEX_BYTES = 32 };

typedef struct en_firmata {
  const en_board *board;
  en_wire *wire;
  uint8_t state;                           /* what the next byte is */
  uint8_t command, data[2], wanted, count; /* a message that is no SysEx */
  uint8_t sysex[EN_FIRMATA_SYSEX_BYTES];   /* one that is not ours */
  uint8_t mode[EN_FIRMATA_PINS];
  uint16_t value[EN_FIRMATA_PINS]; /* last written */
  uint16_t reported_ports, reported_channels;
  uint8_t port[EN_FIRMATA_PINS / 8]; /* last reported */
  uint32_t interval_ms, sampled_ms;
} en_firmata;

typedef enum en_received { EN_RECEIVED_NOTHING, EN_RECEIVED_REQUEST, EN_RECEIVED_RESET } en_received;

void en_firmata_open(en_firmata *, const en_board *, en_wire *);
/* Says to whoever listens that a board has started: protocol and firmware. */
void en_firmata_greet(en_firmata *);
/* Takes a byte. EN_RECEIVED_REQUEST: `request` is to be handled before the next byte. EN_RECEIVED_RESET: pins are reset, the
   caller ends its stream. */
en_received en_firmata_receive(en_firmata *, uint8_t byte, en_request *request);
/* Reports inputs that the host subscribed to. */
void en_firmata_poll(en_firmata *);

#endif
