/* TIMERs, not SysTick: they count on while the processor sleeps. TIMER0 counts the processor's clock in 32 bits,
   TIMER1 gives the interrupt. */
#include "microbit.h"

enum { PERIOD_US = 10000, TICKS_PER_MS = EN_CLOCK_HERTZ / 1000, TIMER1_IRQ = 9 };

#define TIMER0(offset) EN_REGISTER(0x40008000 + (offset))
#define TIMER1(offset) EN_REGISTER(0x40009000 + (offset))
enum {
  START = 0x000, CAPTURE0 = 0x040, COMPARE0 = 0x140, SHORTCUTS = 0x200, INTERRUPTS = 0x304, BITS = 0x508, PRESCALER = 0x510,
  CC0 = 0x540,
};
enum { SHORTCUT_COMPARE0_CLEAR = 1, INTERRUPT_COMPARE0 = 1 << 16, BITS_16 = 0, BITS_32 = 3, PRESCALE_TO_1_MHZ = 4 };

/* CLOCK: the crystal, which the UART's speed wants. Waits a little for it, and goes on with the RC oscillator if there is none. */
static void start_crystal(void) {
  EN_REGISTER(0x40000000) = 1;
  for (int i = 0; i < 10000 && EN_REGISTER(0x40000100) == 0; i++) {}
}

void en_clock_open(void) {
  start_crystal();
  TIMER0(BITS) = BITS_32;
  TIMER0(PRESCALER) = 0;
  TIMER0(START) = 1;
  TIMER1(BITS) = BITS_16;
  TIMER1(PRESCALER) = PRESCALE_TO_1_MHZ;
  TIMER1(CC0) = PERIOD_US;
  TIMER1(SHORTCUTS) = SHORTCUT_COMPARE0_CLEAR;
  TIMER1(INTERRUPTS) = INTERRUPT_COMPARE0;
  TIMER1(START) = 1;
  en_cortex_enable(TIMER1_IRQ);
}

void en_clock_interrupt(void) { TIMER1(COMPARE0) = 0; }

uint32_t en_clock_ticks(void) {
  TIMER0(CAPTURE0) = 1;
  return TIMER0(CC0);
}

uint32_t en_clock_milliseconds(void) {
  static uint32_t milliseconds, at; /* and the tick at which the last of them ended */
  uint32_t ended = (en_clock_ticks() - at) / TICKS_PER_MS;
  milliseconds += ended;
  at += ended * TICKS_PER_MS;
  return milliseconds;
}
