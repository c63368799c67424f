/* The timer (datasheet 4.6) for milliseconds and to end a wait: it counts microseconds, asleep or not. SysTick for ticks, at the
   processor's clock: its 24 bits pass in 134 ms, and the timer's interrupt sees each of their wraps. */
#include "rp2040.h"

enum { TIMER = 0x40054000, ALARM0 = 0x10, RAW_LOW = 0x28, INTERRUPTS = 0x34, INTERRUPTS_ENABLED = 0x38, PERIOD_US = 10000 };
#define SYSTICK(offset) EN_REGISTER(0xE000E010 + (offset))
enum { SYSTICK_MOST = 0xFFFFFF, SYSTICK_ON_CORE_CLOCK = 5 };

static uint32_t ticks;

static void set_alarm(void) { EN_REGISTER(TIMER + ALARM0) = EN_REGISTER(TIMER + RAW_LOW) + PERIOD_US; }

void en_clock_open(void) {
  SYSTICK(4) = SYSTICK_MOST;
  SYSTICK(8) = 0;
  SYSTICK(0) = SYSTICK_ON_CORE_CLOCK;
  (void)en_chip_start(EN_RESET_TIMER);
  EN_REGISTER(TIMER + INTERRUPTS_ENABLED) = 1;
  set_alarm();
  en_cortex_enable(EN_IRQ_TIMER_0);
}

void en_clock_interrupt(void) {
  EN_REGISTER(TIMER + INTERRUPTS) = 1;
  set_alarm();
  (void)en_clock_ticks();
}

uint32_t en_clock_ticks(void) {
  uint32_t masked;
  __asm__ volatile("mrs %0, primask\n cpsid i" : "=r"(masked)::"memory");
  ticks += (SYSTICK_MOST - SYSTICK(8) - ticks) & SYSTICK_MOST;
  const uint32_t now = ticks;
  __asm__ volatile("msr primask, %0" ::"r"(masked) : "memory");
  return now;
}

uint32_t en_clock_milliseconds(void) {
  static uint32_t milliseconds, at; /* and the microsecond at which the last of them ended */
  const uint32_t ended = (EN_REGISTER(TIMER + RAW_LOW) - at) / 1000;
  milliseconds += ended;
  at += ended * 1000;
  return milliseconds;
}
