/* Two lines, one link: answers go where bytes came from last. */
#include "esp32c3.h"

static const en_line *line = &en_uart;

static size_t link_read(uint8_t *bytes, size_t room) {
  if (!line->has_come()) {
    const en_line *other = line == &en_uart ? &en_usb : &en_uart;
    if (other->has_come()) line = other;
  }
  return line->read(bytes, room);
}

static void link_write(const uint8_t *bytes, size_t count) { line->write(bytes, count); }
static uint32_t overruns(void) { return en_uart.overruns() + en_usb.overruns(); }
bool en_link_has_come(void) { return en_uart.has_come() || en_usb.has_come(); }

void en_link_open(en_board *board) {
  en_uart_open();
  en_usb_open();
  board->read = link_read;
  board->write = link_write;
  board->receive_bytes = EN_RECEIVE_BYTES;
  board->overruns = overruns;
}
