/* What the micro:bit is to the core, its watchdog, and a guard of its stack. */
#include "microbit.h"
#include "port.h"

enum { FRAME_BYTES = 256, SENT_BYTES = 512, MODEL_BYTES = 3840, HEAP_BYTES = 6656, WATCHDOG_SECONDS = 10 };

static uint8_t frame[FRAME_BYTES] __attribute__((aligned(8))), sent[SENT_BYTES] __attribute__((aligned(8))),
  model[MODEL_BYTES] __attribute__((aligned(8))), heap[HEAP_BYTES] __attribute__((aligned(8)));

void en_port_interrupt(unsigned number) {
  (void)number; /* each asks its own device */
  en_link_interrupt();
  en_clock_interrupt();
  en_microphone_interrupt();
}

void en_port_wait(void) {
  (void)en_clock_milliseconds();
  en_cortex_wait(en_link_has_come);
}

/* WDT. It counts at 32,768 Hz, and on through sleep; once started it cannot be stopped. */
#define WATCHDOG(offset) EN_REGISTER(0x40010000 + (offset))
enum { WATCHDOG_RELOAD = 0x6E524635, WATCHDOG_IN_SLEEP = 1 };

static void watchdog_open(void) {
  WATCHDOG(0x504) = WATCHDOG_SECONDS * 32768 - 1;
  WATCHDOG(0x508) = 1;
  WATCHDOG(0x50C) = WATCHDOG_IN_SLEEP;
  WATCHDOG(0x000) = 1;
}

static void alive(void) { WATCHDOG(0x600) = WATCHDOG_RELOAD; }

const en_board *en_port_open(void) {
  static en_board board = {
    .name = "microbit",
    .milliseconds = en_clock_milliseconds, .ticks = en_clock_ticks, .ticks_per_second = EN_CLOCK_HERTZ,
    .alive = alive, .retained = en_cortex_retained, .reset = en_cortex_reset,
    .frame = frame, .sent = sent, .model = model, .heap = heap,
    .frame_bytes = sizeof frame, .sent_bytes = sizeof sent, .model_bytes = sizeof model, .heap_bytes = sizeof heap,
    .stack_peak = en_cortex_stack_peak,
  };
  board.stack_bytes = en_cortex_stack_bytes();
  en_clock_open();
  en_link_open(&board);
  watchdog_open();
  en_flash_open(&board);
  en_pins_open(&board);
  en_microphone_open(&board);
  return &board;
}
