/* USART1 on PA9 and PA10, the independent watchdog. RM0090, chapters 8 (GPIO), 21 (IWDG), 30 (USART). */
#include "port.h"
#include "ring.h"
#include "stm32f405.h"

enum { BAUD = 115200, USART1_INTERRUPT = 37, RECEIVE_BYTES = 2048, FRAME_BYTES = 512, SENT_BYTES = 1536 };

#define USART(offset) EN_REGISTER(0x40011000 + (offset))
#define STATUS USART(0x00)
#define DATA USART(0x04)
enum { OVERRUN = 1 << 3, RECEIVED = 1 << 5, EMPTY = 1 << 7 };

#define WATCHDOG(offset) EN_REGISTER(0x40003000 + (offset))
enum { WATCHDOG_START = 0xCCCC, WATCHDOG_WRITE = 0x5555, WATCHDOG_ALIVE = 0xAAAA };

static uint8_t received[RECEIVE_BYTES], frame[FRAME_BYTES] __attribute__((aligned(8))), sent[SENT_BYTES] __attribute__((aligned(8))),
  model[EN_MODEL_BYTES] __attribute__((aligned(8))), heap[EN_HEAP_BYTES] __attribute__((aligned(8)));
static en_ring ring = {.bytes = received, .mask = RECEIVE_BYTES - 1};

void en_port_interrupt(unsigned number) {
  (void)number;
  for (uint32_t status; (status = STATUS) & (RECEIVED | OVERRUN);) {
    if (status & OVERRUN) ring.overruns = ring.overruns + 1;
    const uint8_t byte = (uint8_t)DATA; /* reading it after STATUS also ends an overrun */
    if (status & RECEIVED) en_ring_put(&ring, byte);
  }
}

static size_t link_read(uint8_t *bytes, size_t room) { return en_ring_take(&ring, bytes, room); }

static void link_write(const uint8_t *bytes, size_t count) {
  while (count--) {
    while (!(STATUS & EMPTY)) {}
    DATA = *bytes++;
  }
}

static uint32_t overruns(void) { return ring.overruns; }
static bool has_come(void) { return !en_ring_empty(&ring); }
void en_port_wait(void) { en_cortex_wait(has_come); }
static void alive(void) { WATCHDOG(0x00) = WATCHDOG_ALIVE; }

static void replace(volatile uint32_t *at, uint32_t bits, uint32_t by) { *at = (*at & ~bits) | by; }

/* The ports have their clock from en_pins_open. A pull-up keeps a line that nobody holds idle. */
static void link_open(uint32_t hertz) {
  EN_RCC(0x44) |= 1 << 4; /* APB2ENR: USART1 */
  replace(&EN_GPIO(0, EN_GPIO_FUNCTION_8_TO_15), 0xFF << 4, 0x77 << 4); /* PA9, PA10 to function 7 */
  replace(&EN_GPIO(0, EN_GPIO_PULL), 3 << 20, 1 << 20);
  replace(&EN_GPIO(0, EN_GPIO_MODE), 0xF << 18, 0xA << 18);
  USART(0x08) = (hertz + BAUD / 2) / BAUD;
  USART(0x0C) = 1 << 13 | 1 << 5 | 1 << 3 | 1 << 2; /* on; interrupt of the receiver; transmitter, receiver */
  en_cortex_enable(USART1_INTERRUPT);
}

/* Some 32 kHz / 256: ten seconds. Started first, since its settings are taken by the oscillator that it runs on. */
static void watchdog_open(void) {
  EN_REGISTER(0xE0042008) |= 1 << 12; /* DBGMCU_APB1_FZ (chapter 38): it stops while a debugger holds the processor */
  WATCHDOG(0x00) = WATCHDOG_START;
  WATCHDOG(0x00) = WATCHDOG_WRITE;
  WATCHDOG(0x04) = 6;
  WATCHDOG(0x08) = 1250;
  alive();
}

const en_board *en_port_open(void) {
  static en_board board = {
    .name = EN_BOARD_NAME,
    .read = link_read, .write = link_write, .receive_bytes = RECEIVE_BYTES, .overruns = overruns,
    .milliseconds = en_cortex_milliseconds, .ticks = en_cortex_ticks, .alive = alive,
    .retained = en_cortex_retained, .reset = en_cortex_reset, .stack_peak = en_cortex_stack_peak,
    .frame = frame, .sent = sent, .model = model, .heap = heap,
    .frame_bytes = sizeof frame, .sent_bytes = sizeof sent, .model_bytes = sizeof model, .heap_bytes = sizeof heap,
  };
  EN_REGISTER(0xE000ED08) = 0x08000000; /* VTOR: a boot loader may have left its own */
  board.ticks_per_second = en_clock_tree_open();
  en_cortex_clock_open(board.ticks_per_second);
  board.stack_bytes = en_cortex_stack_bytes();
  en_flash_open(&board);
  en_pins_open(&board);
  en_microphone_open(&board, board.ticks_per_second / 2);
  link_open(board.ticks_per_second / 2);
  watchdog_open();
  return &board;
}
