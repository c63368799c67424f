/* What the ESP32-C3 is to the core, its interrupts, its reset. */
#include "port.h"

#include "begin.h"
#include "esp32c3.h"

enum { FRAME_BYTES = 2048, SENT_BYTES = 4096, MODEL_BYTES = 48 * 1024, HEAP_BYTES = 24 * 1024, PRIORITY = 1 };

static uint8_t frame[FRAME_BYTES] __attribute__((aligned(8))), sent[SENT_BYTES] __attribute__((aligned(8))),
  model[MODEL_BYTES] __attribute__((aligned(8))), heap[HEAP_BYTES] __attribute__((aligned(8)));
static uint32_t retained[2] __attribute__((section(".noinit")));

#define MATRIX(offset) EN_REGISTER(0x600C2000 + (offset))
#define ENABLED MATRIX(0x104)
#define EDGES MATRIX(0x108)
#define PRIORITY_OF(line) MATRIX(0x114 + 4 * (line))
#define THRESHOLD MATRIX(0x194)
enum { MSTATUS_MIE = 1 << 3 };

void en_interrupt_enable(unsigned source, unsigned line) {
  MATRIX(4 * source) = line;
  EDGES &= ~(1u << line);
  PRIORITY_OF(line) = PRIORITY;
  ENABLED |= 1u << line;
}

volatile uint32_t en_idle_over;

void en_port_wait(void) {
  en_idle_over = 0;
  if (!en_link_has_come()) en_idle(&en_idle_over);
}

/* RTC_CNTL_OPTIONS0 (TRM 9): the system, but for the RTC and its memory. */
_Noreturn void en_port_reset(void);
void en_port_reset(void) {
  EN_REGISTER(0x60008000) |= 1u << 31;
  for (;;) {}
}

const en_board *en_port_open(void) {
  static en_board board = {
    .name = "esp32c3",
    .milliseconds = en_clock_milliseconds, .ticks = en_clock_ticks, .ticks_per_second = EN_CLOCK_HERTZ,
    .alive = en_watchdog_alive, .retained = retained, .reset = en_port_reset,
    .frame = frame, .sent = sent, .model = model, .heap = heap,
    .frame_bytes = sizeof frame, .sent_bytes = sizeof sent, .model_bytes = sizeof model, .heap_bytes = sizeof heap,
    .stack_peak = en_stack_peak,
  };
  board.stack_bytes = en_stack_bytes();
  ENABLED = 0; /* whatever the ROM had */
  THRESHOLD = PRIORITY;
  en_watchdog_open();
  en_clock_open();
  en_link_open(&board);
  en_flash_open(&board);
  en_pins_open(&board);
  en_microphone_open(&board);
  __asm__ volatile("csrs mstatus, %0" ::"r"(MSTATUS_MIE) : "memory");
  return &board;
}
