#include "mps2.h"

#include "cortex-m.h"
#include "port.h"
#include "ram-flash.h"
#include "ring.h"

enum {
  BAUD = 115200, RECEIVE_BYTES = 8192, FRAME_BYTES = 2048, SENT_BYTES = 4096, MODEL_BYTES = 32 * 1024, HEAP_BYTES = 24 * 1024,
  WATCHDOG_SECONDS = 10,
};

const en_mps2 en_mps2_plain = {.uart = 0x40004000, .interrupt = 0, .hertz = 25000000, .watchdog = 0x40008000};
static const en_mps2 *facts;

#define UART(offset) EN_REGISTER(facts->uart + (offset))
#define DATA UART(0x00)
#define STATE UART(0x04)
#define CONTROL UART(0x08)
#define INTERRUPT UART(0x0C)
#define DIVIDER UART(0x10)
enum { TX_FULL = 1, RX_FULL = 2, RX_OVERRUN = 8, TX_ON = 1, RX_ON = 2, RX_INTERRUPT = 8, RX_PENDING = 2 };

#define WATCHDOG(offset) EN_REGISTER(facts->watchdog + (offset))
enum { WATCHDOG_KEY = 0x1ACCE551, WATCHDOG_ON = 3 };

static uint8_t received[RECEIVE_BYTES], frame[FRAME_BYTES] __attribute__((aligned(8))), sent[SENT_BYTES] __attribute__((aligned(8))),
  model[MODEL_BYTES] __attribute__((aligned(8))), heap[HEAP_BYTES] __attribute__((aligned(8)));
static uint8_t flash[EN_MPS2_FLASH_BYTES] __attribute__((section(".noinit.flash"), aligned(16)));
static en_ring ring = {.bytes = received, .mask = RECEIVE_BYTES - 1};

void en_port_interrupt(unsigned number) {
  (void)number;
  INTERRUPT = RX_PENDING; /* before draining: a byte that comes meanwhile asks again */
  if (STATE & RX_OVERRUN) {
    STATE = RX_OVERRUN;
    ring.overruns = ring.overruns + 1;
  }
  while (STATE & RX_FULL) en_ring_put(&ring, (uint8_t)DATA);
}

static size_t link_read(uint8_t *bytes, size_t room) { return en_ring_take(&ring, bytes, room); }

static void link_write(const uint8_t *bytes, size_t count) {
  while (count--) {
    while (STATE & TX_FULL) {}
    DATA = *bytes++;
  }
}

static uint32_t overruns(void) { return ring.overruns; }
static bool has_come(void) { return !en_ring_empty(&ring); }
void en_port_wait(void) { en_cortex_wait(has_come); }

/* The time-out is an NMI, which resets as every fault does. Checking a model that fills a slot takes 7 s of a counted QEMU. */
static void alive(void) { WATCHDOG(0x00) = facts->hertz * WATCHDOG_SECONDS; }

static void watchdog_open(void) {
  WATCHDOG(0xC00) = WATCHDOG_KEY;
  alive();
  WATCHDOG(0x08) = WATCHDOG_ON;
}

void en_mps2_open(en_board *board, const en_mps2 *of) {
  facts = of;
  en_cortex_clock_open(facts->hertz);
  DIVIDER = facts->hertz / BAUD;
  CONTROL = TX_ON | RX_ON | RX_INTERRUPT;
  en_cortex_enable(facts->interrupt);
  if (facts->watchdog) watchdog_open();
  en_ram_flash_open(board, flash, sizeof flash);
  board->read = link_read;
  board->write = link_write;
  board->receive_bytes = sizeof received;
  board->overruns = overruns;
  board->alive = facts->watchdog ? alive : NULL;
  board->milliseconds = en_cortex_milliseconds;
  board->ticks = en_cortex_ticks;
  board->ticks_per_second = facts->hertz;
  board->retained = en_cortex_retained;
  board->reset = en_cortex_reset;
  board->stack_peak = en_cortex_stack_peak;
  board->stack_bytes = en_cortex_stack_bytes();
  board->frame = frame;
  board->frame_bytes = sizeof frame;
  board->sent = sent;
  board->sent_bytes = sizeof sent;
  board->model = model;
  board->model_bytes = sizeof model;
  board->heap = heap;
  board->heap_bytes = sizeof heap;
}
