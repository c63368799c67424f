/* SysTick: a 24-bit counter at the processor's clock, reloaded every 10 ms. */
#include "cortex-m.h"

enum { PERIOD_MS = 10 };

#define CONTROL EN_REGISTER(0xE000E010)
#define RELOAD EN_REGISTER(0xE000E014)
#define VALUE EN_REGISTER(0xE000E018)
#define PENDING (EN_REGISTER(0xE000ED04) & 1u << 26) /* ICSR.PENDSTSET */

static volatile uint32_t periods;
static uint32_t period, per_millisecond;

void en_cortex_tick(void);
void en_cortex_tick(void) { periods = periods + 1; }

void en_cortex_clock_open(uint32_t hertz) {
  per_millisecond = hertz / 1000;
  period = per_millisecond * PERIOD_MS;
  RELOAD = period - 1;
  VALUE = 0;
  CONTROL = 7;
}

/* Periods that have ended and ticks of the one that runs. */
static uint32_t read_clock(uint32_t *ticks) {
  uint32_t before, value, pending;
  do {
    before = periods;
    value = VALUE;
    pending = PENDING;
  } while (before != periods);
  if (value == 0) value = period; /* as the first reload comes */
  *ticks = period - value;
  /* Its end waits to be counted: the value read is of the new period unless it was read just before. */
  return pending && *ticks < period / 2 ? before + 1 : before;
}

uint32_t en_cortex_ticks(void) {
  uint32_t ticks, ended = read_clock(&ticks);
  return ended * period + ticks;
}

uint32_t en_cortex_milliseconds(void) {
  uint32_t ticks, ended = read_clock(&ticks);
  return ended * PERIOD_MS + ticks / per_millisecond;
}

void en_cortex_enable(unsigned number) { EN_REGISTER(0xE000E100 + number / 32 * 4) = 1u << number % 32; }

void en_cortex_wait(bool (*ready)(void)) {
  __asm__ volatile("cpsid i" ::: "memory");
  if (!ready()) __asm__ volatile("wfi" ::: "memory"); /* a pending interrupt ends it though it is masked */
  __asm__ volatile("cpsie i" ::: "memory");
}
