/* Cortex-M without a vendor's library: start-up, SysTick as clock, stack paint, reset. Registers: ARMv6-M and ARMv7-M
   Architecture Reference Manuals, B3. */
#ifndef EN_CORTEX_M_H
#define EN_CORTEX_M_H

#include "board.h"

#define EN_REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

/* Starts SysTick at the processor's clock: an interrupt every 10 ms, which also ends a wait. */
void en_cortex_clock_open(uint32_t hertz);
uint32_t en_cortex_milliseconds(void);
uint32_t en_cortex_ticks(void);

/* Lets external interrupt `number` come to en_port_interrupt. */
void en_cortex_enable(unsigned number);
/* The port's handler of external interrupts. */
void en_port_interrupt(unsigned number);

/* Sleeps until an interrupt, unless `ready` says there is work; nothing is lost between the two. */
void en_cortex_wait(bool (*ready)(void));

void en_cortex_reset(void);
/* The most that the stack has held, and what it may hold. */
size_t en_cortex_stack_peak(void);
size_t en_cortex_stack_bytes(void);
/* Two words that a reset keeps. */
extern uint32_t en_cortex_retained[2];

#endif
