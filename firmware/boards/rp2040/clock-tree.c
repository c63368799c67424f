/* RP2040 datasheet 2.14 (resets), 2.15 (clocks), 2.16 (crystal oscillator), 2.18 (PLLs), 4.7.2 (tick). */
#include "rp2040.h"

#define RESETS 0x4000C000
#define RESETS_DONE EN_REGISTER(RESETS + 0x8)
#define XOSC(offset) EN_REGISTER(0x40024000 + (offset))
#define CLOCKS(offset) EN_REGISTER(0x40008000 + (offset))
#define TICK EN_REGISTER(0x4005802C)
enum { PLL_SYS = 0x40028000, PLL_USB = 0x4002C000 };

enum { TRIES = 100000, CRYSTAL_MHZ = 12, RING_HERTZ = 6500000 };
enum { CRYSTAL_RANGE = 0xAA0, CRYSTAL_ON = 0xFAB << 12, CRYSTAL_START_DELAY = 47 /* · 256 clocks: 1 ms */ };
#define CRYSTAL_STABLE (1u << 31)

enum { CS = 0x0, POWER = 0x4, FEEDBACK = 0x8, DIVIDERS = 0xC, POWER_VCO = 1 << 5 | 1 << 0, POWER_DIVIDERS = 1 << 3 };
#define LOCKED (1u << 31)

enum { REF = 0x30, REF_SELECTED = 0x38, SYS = 0x3C, SYS_SELECTED = 0x44, PERIPHERALS = 0x48, USB = 0x54, ADC = 0x60, ENABLED = 1 << 11 };
enum { REF_FROM_CRYSTAL = 2, SYS_FROM_REF = 0, SYS_FROM_PLL = 1 };

bool en_chip_becomes(volatile uint32_t *at, uint32_t bits, uint32_t wanted) {
  for (int i = 0; i < TRIES; i++) {
    if ((*at & bits) == wanted) return true;
  }
  return false;
}

bool en_chip_start(unsigned part) {
  EN_SET(RESETS) = 1u << part;
  EN_CLEAR(RESETS) = 1u << part;
  return en_chip_becomes(&RESETS_DONE, 1u << part, 1u << part);
}

static bool start_pll(uintptr_t pll, unsigned reset, uint32_t feedback, uint32_t divider_1, uint32_t divider_2) {
  if (!en_chip_start(reset)) return false;
  EN_REGISTER(pll + CS) = 1;
  EN_REGISTER(pll + FEEDBACK) = feedback;
  EN_CLEAR(pll + POWER) = POWER_VCO;
  if (!en_chip_becomes(&EN_REGISTER(pll + CS), LOCKED, LOCKED)) return false;
  EN_REGISTER(pll + DIVIDERS) = divider_1 << 16 | divider_2 << 12;
  EN_CLEAR(pll + POWER) = POWER_DIVIDERS;
  return true;
}

/* First off the PLL: a debugger or loader may have left it in use. Without a crystal all goes on with the ring oscillator. */
static bool start(void) {
  CLOCKS(SYS) = SYS_FROM_REF;
  if (!en_chip_becomes(&CLOCKS(SYS_SELECTED), 1 << SYS_FROM_REF, 1 << SYS_FROM_REF)) return false;
  XOSC(0xC) = CRYSTAL_START_DELAY;
  XOSC(0x0) = CRYSTAL_RANGE | CRYSTAL_ON;
  if (!en_chip_becomes(&XOSC(0x4), CRYSTAL_STABLE, CRYSTAL_STABLE)) return false;
  CLOCKS(REF) = REF_FROM_CRYSTAL;
  if (!en_chip_becomes(&CLOCKS(REF_SELECTED), 1 << REF_FROM_CRYSTAL, 1 << REF_FROM_CRYSTAL)) return false;
  TICK = 1 << 9 | CRYSTAL_MHZ; /* a microsecond, for timer and watchdog */
  if (!start_pll(PLL_SYS, EN_RESET_PLL_SYS, 125, 6, 2)) return false; /* 12 MHz · 125 / 12 */
  if (!start_pll(PLL_USB, EN_RESET_PLL_USB, 100, 5, 5)) return false; /* 12 MHz · 100 / 25 */
  CLOCKS(SYS) = SYS_FROM_PLL; /* its other input is the system's PLL */
  return en_chip_becomes(&CLOCKS(SYS_SELECTED), 1 << SYS_FROM_PLL, 1 << SYS_FROM_PLL);
}

uint32_t en_clock_tree_open(void) {
  const bool full = start();
  if (!full) {
    CLOCKS(SYS) = SYS_FROM_REF;
    CLOCKS(REF) = 0;
    TICK = 1 << 9 | RING_HERTZ / 1000000;
  }
  CLOCKS(PERIPHERALS) = ENABLED; /* from the processor's clock */
  if (full) CLOCKS(USB) = CLOCKS(ADC) = ENABLED; /* from the PLL of 48 MHz */
  return full ? EN_FULL_HERTZ : RING_HERTZ;
}
