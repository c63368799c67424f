/* Registers: ST's reference manual RM0090 (chapters in the files that use them). */
#ifndef EN_STM32F405_H
#define EN_STM32F405_H

#include "board.h"
#include "cortex-m.h"

/* Reset and clock control. */
#define EN_RCC(offset) EN_REGISTER(0x40023800 + (offset))
/* Port 0 is A, 1 is B, 2 is C. */
#define EN_GPIO(port, offset) EN_REGISTER(0x40020000 + 0x400 * (port) + (offset))
enum { EN_GPIO_MODE = 0x00, EN_GPIO_PULL = 0x0C, EN_GPIO_IN = 0x10, EN_GPIO_SET = 0x18, EN_GPIO_FUNCTION_8_TO_15 = 0x24 };

/* Raises the processor's clock as far as it can, and gives it in hertz; APB2, and so USART1, has half of that, APB1 a quarter. */
uint32_t en_clock_tree_open(void);

/* PA0 … PC15 are the board's pins 0 … 47, digital; those of USART1 and of the debugger have no modes. */
void en_pins_open(en_board *);

/* Where models are kept: RAM here, the chip's own flash in stm32f405-chip. */
void en_flash_open(en_board *);

/* The microphone at PA1. `timer_hertz` is TIM3's clock: twice APB1's, where that is not the processor's. */
void en_microphone_open(en_board *, uint32_t timer_hertz);

#endif
