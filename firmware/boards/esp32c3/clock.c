/* SYSTIMER (TRM 10) for time, and the processor at 160 MHz from the PLL (TRM 6.2). What needs a rate takes it from the crystal, so that
   a PLL that does not run costs speed and the microphone only. */
#include "esp32c3.h"

enum { PERIOD_MS = 10, TICKS_PER_MS = EN_CLOCK_HERTZ / 1000, SETTLE_US = 100 };

#define TIMER(offset) EN_REGISTER(0x60023000 + (offset))
#define CONFIGURATION TIMER(0x00)
#define UPDATE TIMER(0x04)
#define TARGET TIMER(0x34)
#define VALUE_HIGH TIMER(0x40)
#define VALUE_LOW TIMER(0x44)
#define LOAD TIMER(0x50)
#define INTERRUPTS TIMER(0x64)
#define CLEAR TIMER(0x6C)
#define REGISTER_CLOCK (1u << 31)
#define UNIT_ON (1u << 30)
#define TARGET_ON (1u << 24)
#define PERIODIC (1u << 30)
#define UPDATE_NOW (1u << 30)
#define UPDATED (1u << 29)

/* Not from an interrupt: it has the one unit's value taken. */
static uint64_t now(void) {
  UPDATE = UPDATE_NOW;
  while (!(UPDATE & UPDATED)) {}
  return (uint64_t)VALUE_HIGH << 32 | VALUE_LOW;
}

uint32_t en_clock_ticks(void) { return (uint32_t)now(); }
uint32_t en_clock_milliseconds(void) { return (uint32_t)(now() / TICKS_PER_MS); }

__attribute__((interrupt("machine"))) void en_clock_interrupt(void);
void en_clock_interrupt(void) {
  CLEAR = 1;
  en_idle_ends();
}

static void settle(void) {
  const uint32_t from = en_clock_ticks();
  while (en_clock_ticks() - from < SETTLE_US * (EN_CLOCK_HERTZ / 1000000)) {}
}

/* The ROM's way to the PLL's analog registers: block, host, register, [most and least significant bit,] value. */
void rom_i2c_writeReg(uint8_t block, uint8_t host, uint8_t at, uint8_t value);
void rom_i2c_writeReg_Mask(uint8_t block, uint8_t host, uint8_t at, uint8_t high, uint8_t low, uint8_t value);
void ets_update_cpu_frequency(uint32_t megahertz);
enum { PLL = 0x66 };

/* 480 MHz from a crystal of 40; values: clk_ll_bbpll_set_config in components/hal/esp32c3/include/hal/clk_tree_ll.h of ESP-IDF. */
static void start_pll(void) {
  EN_REGISTER(0x60008000) &= ~(1u << 6 | 1u << 8 | 1u << 10); /* RTC_CNTL_OPTIONS0: powered, its registers too */
  EN_SYSTEM(EN_SYSTEM_CPU) |= 1 << 2;                         /* PLL_FREQ_SEL: 480 MHz */
  EN_REGISTER(0x6000E044) &= ~(1u << 17);                     /* ANA_CONFIG: the way to its registers */
  EN_REGISTER(0x6000E040) = (EN_REGISTER(0x6000E040) & ~(1u << 2)) | 1u << 3; /* ANA_CONF0: it calibrates itself */
  static const uint8_t whole[][2] = {{4, 0x6B}, {2, 0x50}, {3, 8}};
  for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) rom_i2c_writeReg(PLL, 0, whole[i][0], whole[i][1]);
  rom_i2c_writeReg_Mask(PLL, 0, 5, 2, 0, 0);
  rom_i2c_writeReg_Mask(PLL, 0, 5, 6, 4, 0);
  rom_i2c_writeReg(PLL, 0, 6, 0x93);
  rom_i2c_writeReg_Mask(PLL, 0, 9, 1, 0, 2);
  rom_i2c_writeReg_Mask(PLL, 0, 6, 5, 4, 2);
  rom_i2c_writeReg_Mask(PLL, 0, 6, 7, 6, 1);
  settle();
}

enum { CLOCK_SOURCE = 3 << 10, FROM_PLL = 1 << 10, PRE_DIVIDER = 0x3FF };

static void speed_up(void) {
  const uint32_t source = EN_SYSTEM(EN_SYSTEM_CLOCK);
  if ((source & CLOCK_SOURCE) != FROM_PLL) start_pll();
  EN_SYSTEM(EN_SYSTEM_CPU) = (EN_SYSTEM(EN_SYSTEM_CPU) & ~3u) | 1; /* CPUPERIOD_SEL: 160 MHz */
  EN_SYSTEM(EN_SYSTEM_CLOCK) = (source & ~(uint32_t)(CLOCK_SOURCE | PRE_DIVIDER)) | FROM_PLL;
  ets_update_cpu_frequency(EN_PLL_HERTZ / 1000000); /* for delays in the ROM */
}

void en_clock_open(void) {
  EN_SYSTEM(EN_SYSTEM_CLOCKS0) |= 1u << 29; /* SYSTIMER */
  EN_SYSTEM(EN_SYSTEM_RESETS0) &= ~(1u << 29);
  CONFIGURATION |= REGISTER_CLOCK | UNIT_ON;
  speed_up();
  TARGET = PERIOD_MS * TICKS_PER_MS;
  LOAD = 1;
  TARGET |= PERIODIC; /* to be set after the period was taken */
  CONFIGURATION |= TARGET_ON;
  CLEAR = 1;
  INTERRUPTS = 1;
  en_interrupt_enable(EN_SOURCE_TIMER, EN_LINE_TIMER);
}
