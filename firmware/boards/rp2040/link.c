#include "ring.h"
#include "rp2040.h"

enum { RECEIVE_BYTES = 2048 };

static uint8_t received[RECEIVE_BYTES];
static en_ring ring = {.bytes = received, .mask = RECEIVE_BYTES - 1};

void en_link_put(uint8_t byte) { en_ring_put(&ring, byte); }
size_t en_link_room(void) { return RECEIVE_BYTES - (ring.in - ring.out); }
void en_link_lost(void) { ring.overruns = ring.overruns + 1; }
bool en_link_has_come(void) { return !en_ring_empty(&ring); }

static size_t link_read(uint8_t *bytes, size_t room) {
  const size_t count = en_ring_take(&ring, bytes, room);
  if (count > 0) en_usb_go_on();
  return count;
}

static void link_write(const uint8_t *bytes, size_t count) {
  if (en_usb_in_use()) en_usb_write(bytes, count);
  else en_uart_write(bytes, count);
}

static uint32_t overruns(void) { return ring.overruns; }

void en_link_open(en_board *board, uint32_t hertz) {
  en_uart_open(hertz);
  if (hertz == EN_FULL_HERTZ) en_usb_open();
  board->read = link_read;
  board->write = link_write;
  board->receive_bytes = RECEIVE_BYTES;
  board->overruns = overruns;
}
