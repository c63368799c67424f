/* UART0 on GPIO21 (transmit) and GPIO20 (receive), 115,200 baud from the crystal. TRM 26. */
#include "esp32c3.h"
#include "ring.h"

enum { BAUD = 115200, FIFO_BYTES = 128, FULL_AT = 64, TIMEOUT_BITS = 20, PIN_RX = 20, PIN_TX = 21, TRIES = 100000 };

#define UART(offset) EN_REGISTER(0x60000000 + (offset))
#define FIFO UART(0x00)
#define ASKED UART(0x08)
#define INTERRUPTS UART(0x0C)
#define CLEAR UART(0x10)
#define DIVIDER UART(0x14)
#define STATUS UART(0x1C)
#define FRAME UART(0x20)
#define LEVELS UART(0x24)
#define MEMORY UART(0x60)
#define CLOCK UART(0x78)
#define UPDATE UART(0x80)
enum { FULL = 1 << 0, OVERFLOW = 1 << 4, TIMEOUT = 1 << 8, COUNT = 0x3FF, SENDS_AT = 16 };
enum { DATA_8 = 3 << 2, STOP_1 = 1 << 4, EMPTY_RECEIVER = 1 << 17, EMPTY_TRANSMITTER = 1 << 18, MEMORY_CLOCK = 1 << 28 };
enum { TIMEOUT_ON = 1 << 21, SIZE_128 = 1, CRYSTAL = 3 << 20, CLOCKS_ON = 1 << 22 | 1 << 24 | 1 << 25 };
#define UPDATE_NOW (1u << 31)
/* IO MUX (TRM 5): function 0 is the UART. */
#define PIN(number) EN_REGISTER(0x60009004 + 4 * (number))
enum { PULL_UP = 1 << 8, INPUT = 1 << 9, STRENGTH = 2 << 10 };

static uint8_t received[EN_RECEIVE_BYTES];
static en_ring ring = {.bytes = received, .mask = EN_RECEIVE_BYTES - 1};

/* Also what stays below the level: the receiver's time-out asks for it. */
__attribute__((interrupt("machine"))) void en_uart_interrupt(void);
void en_uart_interrupt(void) {
  const uint32_t asked = ASKED;
  CLEAR = asked;
  while (STATUS & COUNT) en_ring_put(&ring, (uint8_t)FIFO);
  if (asked & OVERFLOW) {
    ring.overruns = ring.overruns + 1;
    FRAME |= EMPTY_RECEIVER;
    FRAME &= ~(uint32_t)EMPTY_RECEIVER;
  }
  en_idle_ends();
}

static size_t uart_read(uint8_t *bytes, size_t room) { return en_ring_take(&ring, bytes, room); }
static bool has_come(void) { return !en_ring_empty(&ring); }
static uint32_t overruns(void) { return ring.overruns; }

static void uart_write(const uint8_t *bytes, size_t count) {
  while (count--) {
    while ((STATUS >> SENDS_AT & COUNT) >= FIFO_BYTES - 2) {}
    FIFO = *bytes++;
  }
}

static void take_settings(void) {
  UPDATE |= UPDATE_NOW;
  for (int i = 0; i < TRIES && (UPDATE & UPDATE_NOW); i++) {}
}

void en_uart_open(void) {
  EN_SYSTEM(EN_SYSTEM_CLOCKS0) |= 1u << 2 | 1u << 24; /* UART0, its memory */
  EN_SYSTEM(EN_SYSTEM_RESETS0) &= ~(1u << 2 | 1u << 24);
  CLOCK = CRYSTAL | CLOCKS_ON;
  const uint32_t sixteenths = (16 * (EN_CRYSTAL_HERTZ / 100) + BAUD / 200) / (BAUD / 100);
  DIVIDER = sixteenths >> 4 | (sixteenths & 15) << 20;
  FRAME = DATA_8 | STOP_1 | MEMORY_CLOCK | EMPTY_RECEIVER | EMPTY_TRANSMITTER;
  FRAME = DATA_8 | STOP_1 | MEMORY_CLOCK;
  MEMORY = (MEMORY & ~(0x3FFu << 16 | 7 << 4 | 7 << 1)) | TIMEOUT_BITS << 16 | SIZE_128 << 4 | SIZE_128 << 1;
  LEVELS = TIMEOUT_ON | FULL_AT;
  take_settings();
  PIN(PIN_RX) = INPUT | PULL_UP;
  PIN(PIN_TX) = STRENGTH;
  CLEAR = ~0u;
  INTERRUPTS = FULL | OVERFLOW | TIMEOUT;
  en_interrupt_enable(EN_SOURCE_UART0, EN_LINE_UART);
}

const en_line en_uart = {.read = uart_read, .write = uart_write, .has_come = has_come, .overruns = overruns};
