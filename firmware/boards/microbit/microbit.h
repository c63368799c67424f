/* The nRF51822 on a micro:bit. Registers: nRF51 Series Reference Manual 3.0, whose chapters have the peripherals' names. A
   peripheral's tasks are started by writing 1 to them; its events are set by it and cleared by writing 0. */
#ifndef EN_MICROBIT_H
#define EN_MICROBIT_H

#include "board.h"
#include "cortex-m.h"

enum { EN_CLOCK_HERTZ = 16000000 };

/* Time, and an interrupt every 10 ms that ends a wait. */
void en_clock_open(void);
void en_clock_interrupt(void);
uint32_t en_clock_ticks(void);
uint32_t en_clock_milliseconds(void); /* to be called at least every four minutes: counts the ticks' wraps */

/* The UART, wired to the USB chip. */
void en_link_open(en_board *);
void en_link_interrupt(void);
bool en_link_has_come(void);

/* Sets the board's flash. */
void en_flash_open(en_board *);

#endif
