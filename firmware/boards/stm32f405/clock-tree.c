/* RM0090, chapter 7 (RCC) and section 3.5 (flash wait states). Crystals differ from board to board, the internal oscillator is the
   same in all, but not exact (data sheet DS8626, HSI oscillator): 160 MHz leave it 5 % to the 168 MHz that are allowed. */
#include "stm32f405.h"

#define CONTROL EN_RCC(0x00)
#define PLL EN_RCC(0x04)
#define CONFIGURATION EN_RCC(0x08)
#define FLASH_ACCESS EN_REGISTER(0x40023C00)

enum { HSI_ON = 1 << 0, HSI_READY = 1 << 1, PLL_ON = 1 << 24, PLL_READY = 1 << 25, TRIES = 100000 };
enum { HSI_HERTZ = 16000000, PLL_HERTZ = 160000000, QEMU_HERTZ = 168000000 };
/* 16 MHz / 8 · 160 / 2; / 7 for USB, which has no use here. APB1 gets a quarter of the clock, APB2 half. */
enum { PLL_SETTING = 8 | 160 << 6 | 0 << 16 | 7 << 24, FROM_HSI = 5 << 10 | 4 << 13, FROM_PLL = FROM_HSI | 2 };
enum { SOURCE = 3 << 2, SOURCE_PLL = 2 << 2 };
enum { WAITS = 5, WAITS_FIELD = 7, PREFETCH_AND_CACHES = 7 << 8 };

static bool becomes(volatile uint32_t *at, uint32_t bits, uint32_t wanted) {
  for (int i = 0; i < TRIES; i++) {
    if ((*at & bits) == wanted) return true;
  }
  return false;
}

/* First back to the oscillator: a boot loader may have left the PLL running, which then takes no setting. */
static bool start_pll(void) {
  CONFIGURATION = FROM_HSI;
  if (!becomes(&CONFIGURATION, SOURCE, 0)) return false;
  CONTROL &= ~(uint32_t)PLL_ON;
  if (!becomes(&CONTROL, PLL_READY, 0)) return false;
  PLL = PLL_SETTING;
  CONTROL |= PLL_ON;
  FLASH_ACCESS = WAITS | PREFETCH_AND_CACHES;
  if (!becomes(&FLASH_ACCESS, WAITS_FIELD, WAITS) || !becomes(&CONTROL, PLL_READY, PLL_READY)) return false;
  CONFIGURATION = FROM_PLL;
  return becomes(&CONFIGURATION, SOURCE, SOURCE_PLL);
}

uint32_t en_clock_tree_open(void) {
  CONTROL |= HSI_ON;
  if (!becomes(&CONTROL, HSI_READY, HSI_READY)) return QEMU_HERTZ; /* never so on a chip: there is no RCC */
  return start_pll() ? PLL_HERTZ : HSI_HERTZ;
}
