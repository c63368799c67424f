/* QEMU's `sim` machine: the simulator's calls for a link, CCOUNT for a clock, RAM for flash. */
#include "port.h"

#include "begin.h"
#include "ram-flash.h"

enum {
  HERTZ = 40000000, /* of CCOUNT; QEMU's lx106 */
  WAIT_MICROSECONDS = 10000, RECEIVE_BYTES = 16384, FRAME_BYTES = 2048, SENT_BYTES = 4096, MODEL_BYTES = 32 * 1024, HEAP_BYTES = 24 * 1024,
  FLASH_BYTES = 512 * 1024,
};

static uint8_t frame[FRAME_BYTES] __attribute__((aligned(8))), sent[SENT_BYTES] __attribute__((aligned(8))),
  model[MODEL_BYTES] __attribute__((aligned(8))), heap[HEAP_BYTES] __attribute__((aligned(8)));
static uint8_t flash[FLASH_BYTES] __attribute__((section(".noinit.flash"), aligned(16)));
static uint32_t retained[2] __attribute__((section(".noinit")));

/* Calls of Tensilica's simulator, as QEMU has them (target/xtensa/xtensa-semi.c). With `-serial none` 0 and 1 are QEMU's own. */
enum { EXIT = 1, READ = 3, WRITE = 4, SELECT_ONE = 29, SELECT_READ = 1, INPUT = 0, OUTPUT = 1, PAGE = 4096 };

static int simulator(int call, int first, const void *second, int third) {
  register int a2 __asm__("a2") = call;
  register int a3 __asm__("a3") = first;
  register const void *a4 __asm__("a4") = second;
  register int a5 __asm__("a5") = third;
  __asm__ volatile("simcall" : "+r"(a2), "+r"(a3) : "r"(a4), "r"(a5) : "memory");
  return a2;
}

static bool has_come(int32_t microseconds) {
  int32_t time[2] = {0, microseconds};
  return simulator(SELECT_ONE, INPUT, (const void *)SELECT_READ, (int)time) > 0;
}

void en_port_wait(void) { (void)has_come(WAIT_MICROSECONDS); }

static size_t link_read(uint8_t *bytes, size_t room) {
  if (!has_come(0)) return 0;
  /* QEMU reads page by page, and having filled one waits for the next. */
  size_t in_page = PAGE - (uintptr_t)bytes % PAGE;
  int count = simulator(READ, INPUT, bytes, (int)(room < in_page ? room : in_page));
  if (count <= 0) (void)simulator(EXIT, 0, NULL, 0); /* the host is gone */
  return (size_t)count;
}

static void link_write(const uint8_t *bytes, size_t count) {
  while (count > 0) {
    int written = simulator(WRITE, OUTPUT, bytes, (int)count);
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

static uint32_t ticks(void) {
  uint32_t count;
  __asm__ volatile("rsr.ccount %0" : "=r"(count));
  return count;
}

/* Right as long as it is called once a minute, and the core does so at every turn. */
static uint32_t milliseconds(void) {
  static uint32_t before, rest, passed;
  uint32_t now = ticks();
  rest += now - before;
  before = now;
  passed += rest / (HERTZ / 1000);
  rest %= HERTZ / 1000;
  return passed;
}

_Noreturn void en_start(void);
static void reset(void) { en_start(); }

const en_board *en_port_open(void) {
  static en_board board = {
    .name = "xtensa",
    .read = link_read, .write = link_write, .receive_bytes = RECEIVE_BYTES,
    .milliseconds = milliseconds, .ticks = ticks, .ticks_per_second = HERTZ,
    .retained = retained, .reset = reset,
    .frame = frame, .sent = sent, .model = model, .heap = heap,
    .frame_bytes = sizeof frame, .sent_bytes = sizeof sent, .model_bytes = sizeof model, .heap_bytes = sizeof heap,
    .stack_peak = en_stack_peak,
  };
  board.stack_bytes = en_stack_bytes();
  en_ram_flash_open(&board, flash, sizeof flash);
  return &board;
}
