/* UART 0 without flow control, on the pins that lead to the micro:bit's USB chip. */
#include "microbit.h"
#include "ring.h"

enum { UART_IRQ = 2, PIN_TX = 24, PIN_RX = 25, BAUD_115200 = 0x01D7E000, RECEIVE_BYTES = 1024 };

#define UART(offset) EN_REGISTER(0x40002000 + (offset))
#define START_RX UART(0x000)
#define START_TX UART(0x008)
#define RECEIVED UART(0x108)
#define SENT UART(0x11C)
#define ERROR UART(0x124)
#define INTERRUPTS UART(0x304)
#define ERRORS UART(0x480)
#define ENABLE UART(0x500)
#define SELECT_TX UART(0x50C)
#define SELECT_RX UART(0x514)
#define RX UART(0x518)
#define TX UART(0x51C)
#define BAUD UART(0x524)
enum { ENABLED = 4, INTERRUPT_RECEIVED = 1 << 2, INTERRUPT_ERROR = 1 << 9, ERROR_OVERRUN = 1 };

/* GPIO: TX must idle high, and both be told their direction, for when the UART is off. */
#define PIN_SET EN_REGISTER(0x50000508)
enum { MODE_OUTPUT = 3, MODE_INPUT = 0 };

static uint8_t received[RECEIVE_BYTES];
static en_ring ring = {.bytes = received, .mask = RECEIVE_BYTES - 1};

/* Each byte that moves up in the receiver's six is an event of its own. */
void en_link_interrupt(void) {
  if (ERROR) {
    ERROR = 0;
    uint32_t errors = ERRORS;
    ERRORS = errors;
    if (errors & ERROR_OVERRUN) ring.overruns = ring.overruns + 1;
  }
  while (RECEIVED) {
    RECEIVED = 0; /* before the byte is taken, which brings the next */
    en_ring_put(&ring, (uint8_t)RX);
  }
}

static size_t link_read(uint8_t *bytes, size_t room) { return en_ring_take(&ring, bytes, room); }

static void link_write(const uint8_t *bytes, size_t count) {
  while (count--) {
    SENT = 0;
    TX = *bytes++;
    while (!SENT) {}
  }
}

static uint32_t overruns(void) { return ring.overruns; }
bool en_link_has_come(void) { return !en_ring_empty(&ring); }

void en_link_open(en_board *board) {
  PIN_SET = 1u << PIN_TX;
  EN_PIN_CONFIG(PIN_TX) = MODE_OUTPUT;
  EN_PIN_CONFIG(PIN_RX) = MODE_INPUT;
  SELECT_TX = PIN_TX;
  SELECT_RX = PIN_RX;
  BAUD = BAUD_115200;
  ENABLE = ENABLED;
  INTERRUPTS = INTERRUPT_RECEIVED | INTERRUPT_ERROR;
  START_TX = 1;
  START_RX = 1;
  en_cortex_enable(UART_IRQ);
  board->read = link_read;
  board->write = link_write;
  board->receive_bytes = RECEIVE_BYTES;
  board->overruns = overruns;
}
