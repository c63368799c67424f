/* The virt machine's devices (QEMU, hw/riscv/virt.c). */
#ifndef EN_RV32_H
#define EN_RV32_H

#include "board.h"

#define EN_REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))
#define EN_REGISTER8(address) (*(volatile uint8_t *)(uintptr_t)(address))

/* The machine timer: 10 MHz, an interrupt every 10 ms that ends a wait. */
enum { EN_CLOCK_HERTZ = 10000000 };
void en_clock_open(void);
uint32_t en_clock_milliseconds(void);
uint32_t en_clock_ticks(void);

/* Sets the board's flash. */
void en_flash_open(en_board *);

#endif
