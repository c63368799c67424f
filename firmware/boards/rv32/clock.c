/* The machine timer (RISC-V ACLINT): mtime counts at 10 MHz whatever the processor does. */
#include "rv32.h"

enum { PERIOD_MS = 10, TICKS_PER_MS = EN_CLOCK_HERTZ / 1000, MIE_TIMER = 1 << 7 };

#define COMPARE_LOW EN_REGISTER(0x02004000)
#define COMPARE_HIGH EN_REGISTER(0x02004004)
#define TIME_LOW EN_REGISTER(0x0200BFF8)
#define TIME_HIGH EN_REGISTER(0x0200BFFC)

static uint64_t now(void) {
  uint32_t high, low;
  do {
    high = TIME_HIGH;
    low = TIME_LOW;
  } while (high != TIME_HIGH);
  return (uint64_t)high << 32 | low;
}

/* High first at its greatest: no moment in between lies in the past. */
static void set_alarm(void) {
  uint64_t at = now() + PERIOD_MS * TICKS_PER_MS;
  COMPARE_HIGH = 0xFFFFFFFF;
  COMPARE_LOW = (uint32_t)at;
  COMPARE_HIGH = (uint32_t)(at >> 32);
}

__attribute__((interrupt("machine"))) void en_clock_interrupt(void);
void en_clock_interrupt(void) { set_alarm(); }

void en_clock_open(void) {
  set_alarm();
  __asm__ volatile("csrs mie, %0" ::"r"(MIE_TIMER));
}

uint32_t en_clock_ticks(void) { return TIME_LOW; }
uint32_t en_clock_milliseconds(void) { return (uint32_t)(now() / TICKS_PER_MS); }
