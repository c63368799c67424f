/* What the RP2040 is to the core, its watchdog and its reset. The second core sleeps in the boot ROM, where a reset puts it
   (datasheet 2.8.2): nobody ever wakes it. */
#include "port.h"
#include "rp2040.h"

enum { FRAME_BYTES = 544 /* two pages and a header */, SENT_BYTES = 3072, MODEL_BYTES = 8192, HEAP_BYTES = 8192 };

static uint8_t frame[FRAME_BYTES] __attribute__((aligned(8))), sent[SENT_BYTES] __attribute__((aligned(8))),
  model[MODEL_BYTES] __attribute__((aligned(8))), heap[HEAP_BYTES] __attribute__((aligned(8)));

/* Datasheet 4.7 and 2.13. It counts two a tick of 1 µs (erratum E1). It stands still while a debugger holds a core. */
enum { WATCHDOG = 0x40058000, CONTROL = 0x00, LOAD = 0x04, SCRATCH0 = 0x0C, ON = 1 << 30, PAUSES = 7 << 24, MICROSECONDS = 8000000 };
#define TRIGGER (1u << 31)
#define RESET_BY_WATCHDOG EN_REGISTER(0x40010008)
enum { ALL_BUT_OSCILLATORS = 0x1FFFC };

void en_port_interrupt(unsigned number) {
  if (number == EN_IRQ_TIMER_0) en_clock_interrupt();
  else if (number == EN_IRQ_UART0) en_uart_interrupt();
  else if (number == EN_IRQ_USB) en_usb_interrupt();
  else if (number == EN_IRQ_DMA_0) en_microphone_interrupt();
}

void en_port_wait(void) {
  (void)en_clock_milliseconds();
  en_cortex_wait(en_link_has_come);
}

static void alive(void) { EN_REGISTER(WATCHDOG + LOAD) = 2 * MICROSECONDS; }

static void watchdog_open(void) {
  RESET_BY_WATCHDOG = ALL_BUT_OSCILLATORS;
  alive();
  EN_REGISTER(WATCHDOG + CONTROL) = ON | PAUSES;
}

/* In place of the processor's own reset, which would leave the rest of the chip as it is. */
void en_cortex_reset(void) {
  RESET_BY_WATCHDOG = ALL_BUT_OSCILLATORS;
  EN_REGISTER(WATCHDOG + CONTROL) = TRIGGER;
  for (;;) {}
}

const en_board *en_port_open(void) {
  static en_board board = {
    .name = "rp2040",
    .milliseconds = en_clock_milliseconds, .ticks = en_clock_ticks,
    .alive = alive, .retained = (uint32_t *)(uintptr_t)(WATCHDOG + SCRATCH0), .reset = en_cortex_reset,
    .frame = frame, .sent = sent, .model = model, .heap = heap,
    .frame_bytes = sizeof frame, .sent_bytes = sizeof sent, .model_bytes = sizeof model, .heap_bytes = sizeof heap,
    .stack_peak = en_cortex_stack_peak,
  };
  board.stack_bytes = en_cortex_stack_bytes();
  board.ticks_per_second = en_clock_tree_open();
  en_clock_open();
  en_flash_open(&board);
  en_pins_open(&board);
  en_link_open(&board, board.ticks_per_second);
  en_microphone_open(&board);
  watchdog_open();
  return &board;
}
