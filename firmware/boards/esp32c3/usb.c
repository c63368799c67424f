/* The chip's own serial port on USB, GPIO18 and 19: USB Serial/JTAG Controller, TRM 30. The ROM has it running. */
#include "esp32c3.h"
#include "ring.h"

enum { PACKET_BYTES = 63, PATIENCE_MS = 50 }; /* a packet of 64 would want an empty one after it */

#define USB(offset) EN_REGISTER(0x60043000 + (offset))
#define DATA USB(0x00)
#define STATE USB(0x04)
#define INTERRUPTS USB(0x10)
#define CLEAR USB(0x14)
enum { SEND = 1 << 0, ROOM = 1 << 1, COME = 1 << 2, PACKET_COME = 1 << 2 };

static uint8_t received[EN_RECEIVE_BYTES];
static en_ring ring = {.bytes = received, .mask = EN_RECEIVE_BYTES - 1};

__attribute__((interrupt("machine"))) void en_usb_interrupt(void);
void en_usb_interrupt(void) {
  CLEAR = PACKET_COME;
  while (STATE & COME) en_ring_put(&ring, (uint8_t)DATA);
  en_idle_ends();
}

static size_t usb_read(uint8_t *bytes, size_t room) { return en_ring_take(&ring, bytes, room); }
static bool has_come(void) { return !en_ring_empty(&ring); }
static uint32_t overruns(void) { return ring.overruns; }

/* False if no host takes what lies there. */
static bool has_room(void) {
  const uint32_t from = en_clock_milliseconds();
  while (!(STATE & ROOM)) {
    if (en_clock_milliseconds() - from > PATIENCE_MS) return false;
  }
  return true;
}

static void usb_write(const uint8_t *bytes, size_t count) {
  while (count > 0) {
    if (!has_room()) return;
    for (int i = 0; i < PACKET_BYTES && count > 0; i++, count--) DATA = *bytes++;
    STATE = SEND;
  }
}

void en_usb_open(void) {
  CLEAR = PACKET_COME;
  INTERRUPTS = PACKET_COME;
  while (STATE & COME) en_ring_put(&ring, (uint8_t)DATA); /* came while the ROM had it */
  en_interrupt_enable(EN_SOURCE_USB, EN_LINE_USB);
}

const en_line en_usb = {.read = usb_read, .write = usb_write, .has_come = has_come, .overruns = overruns};
