/* RM0090, chapter 7 (RCC) and section 3.5 (flash wait states). */
#include "stm32f405.h"

#define RCC(offset) EN_REGISTER(0x40023800 + (offset))
#define CONTROL RCC(0x00)
#define PLL RCC(0x04)
#define CONFIGURATION RCC(0x08)
#define FLASH_ACCESS EN_REGISTER(0x40023C00)

enum { HSI_READY = 1 << 1, PLL_ON = 1 << 24, PLL_READY = 1 << 25, TRIES = 100000 };
enum { HSI_HERTZ = 16000000, FULL_HERTZ = 168000000 };

void en_clock_tree_open(uint32_t *processor, uint32_t *usart) {
  *processor = *usart = HSI_HERTZ;
  if (!(CONTROL & HSI_READY)) { /* never so on a chip: an emulator without RCC, whose processor has its full clock */
    *processor = FULL_HERTZ;
    *usart = FULL_HERTZ / 2;
    return;
  }
  PLL = 16u | 336u << 6 | 0u << 16 | 7u << 24; /* 16 MHz / 16 · 336 / 2 */
  CONTROL |= PLL_ON;
  for (int i = 0; i < TRIES && !(CONTROL & PLL_READY); i++) {}
  if (!(CONTROL & PLL_READY)) return;
  FLASH_ACCESS = 5u | 7u << 8;                 /* five wait states; prefetch, instruction and data cache */
  CONFIGURATION = 2u | 5u << 10 | 4u << 13;    /* from the PLL; APB1 a quarter, APB2 half of it */
  for (int i = 0; i < TRIES && (CONFIGURATION >> 2 & 3) != 2; i++) {}
  if ((CONFIGURATION >> 2 & 3) != 2) return;
  *processor = FULL_HERTZ;
  *usart = FULL_HERTZ / 2;
}
