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

/* Pins of the edge connector, and as 17 three LEDs. */
void en_pins_open(en_board *);
#define EN_PIN_CONFIG(chip_pin) EN_REGISTER(0x50000700 + 4 * (chip_pin))

/* The microphone at P0. While it runs, the pin is nothing else. */
enum { EN_MICROPHONE_PIN = 0, EN_MICROPHONE_GPIO = 3 };
void en_microphone_open(en_board *);
void en_microphone_interrupt(void);
bool en_microphone_runs(void);

#endif
