/* UART0 without flow control (datasheet 4.2, an ARM PL011). */
#include "rp2040.h"

enum { BAUD = 115200 };

#define UART(offset) EN_REGISTER(0x40034000 + (offset))
#define DATA UART(0x00)
#define FLAGS UART(0x18)
enum { FLAG_SEND_FULL = 1 << 5, FLAG_RECEIVE_EMPTY = 1 << 4 };
enum { BAUD_WHOLE = 0x24, BAUD_64TH = 0x28, LINE = 0x2C, CONTROL = 0x30, LEVELS = 0x34, MASK = 0x38, CLEAR = 0x44 };
enum { LINE_8_BITS_FIFO = 3 << 5 | 1 << 4, ON_BOTH_WAYS = 1 << 9 | 1 << 8 | 1 << 0 };
enum { RECEIVED = 1 << 4, RECEIVE_TIMEOUT = 1 << 6, OVERRUN = 1 << 10, DATA_OVERRUN = 1 << 11 };

void en_uart_open(uint32_t hertz) {
  (void)en_chip_start(EN_RESET_UART0);
  const uint32_t divider = (hertz * 4 + BAUD / 2) / BAUD; /* of 16 clocks a bit, in 64ths */
  UART(BAUD_WHOLE) = divider / 64;
  UART(BAUD_64TH) = divider % 64;
  UART(LINE) = LINE_8_BITS_FIFO;
  UART(LEVELS) = 2 << 3; /* an interrupt when 16 of 32 have come, or none for a while */
  UART(MASK) = RECEIVED | RECEIVE_TIMEOUT | OVERRUN;
  UART(CONTROL) = ON_BOTH_WAYS;
  en_pin_connect(EN_UART_TX, EN_PIN_TO_UART, EN_PULL_NONE);
  en_pin_connect(EN_UART_RX, EN_PIN_TO_UART, EN_PULL_UP); /* a line that nobody holds is idle */
  en_cortex_enable(EN_IRQ_UART0);
}

void en_uart_interrupt(void) {
  UART(CLEAR) = RECEIVED | RECEIVE_TIMEOUT | OVERRUN;
  while (!(FLAGS & FLAG_RECEIVE_EMPTY)) {
    const uint32_t data = DATA;
    if (en_usb_in_use()) continue;
    if (data & DATA_OVERRUN) en_link_lost();
    en_link_put((uint8_t)data);
  }
}

void en_uart_write(const uint8_t *bytes, size_t count) {
  while (count--) {
    while (FLAGS & FLAG_SEND_FULL) {}
    DATA = *bytes++;
  }
}
