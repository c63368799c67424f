/* Registers: ST's reference manual RM0090 (chapters in the files that use them). */
#ifndef EN_STM32F405_H
#define EN_STM32F405_H

#include "cortex-m.h"

/* Raises the processor to 168 MHz from the internal oscillator, and gives its clock and that of USART1 in hertz: 16 MHz each if the PLL
   does not start. */
void en_clock_tree_open(uint32_t *processor, uint32_t *usart);

#endif
