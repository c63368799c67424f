/* The RP2040 on a Raspberry Pi Pico. Registers: RP2040 datasheet, sections in the files that use them. */
#ifndef EN_RP2040_H
#define EN_RP2040_H

#include "board.h"
#include "cortex-m.h"

/* Writing to a register's aliases sets or clears bits (2.1.2). Not those of the SIO and of what belongs to the processor. */
#define EN_SET(at) EN_REGISTER((at) + 0x2000)
#define EN_CLEAR(at) EN_REGISTER((at) + 0x3000)

enum { EN_RESET_ADC = 0, EN_RESET_DMA = 2, EN_RESET_IO = 5, EN_RESET_PADS = 8, EN_RESET_PIO0 = 10, EN_RESET_PLL_SYS = 12, EN_RESET_PLL_USB = 13,
  EN_RESET_PWM = 14, EN_RESET_TIMER = 21, EN_RESET_UART0 = 22, EN_RESET_USB = 24 };
enum { EN_IRQ_TIMER_0 = 0, EN_IRQ_USB = 5, EN_IRQ_DMA_0 = 11, EN_IRQ_UART0 = 20 };
/* What a pin is connected to (2.19.2). */
enum { EN_PIN_TO_UART = 2, EN_PIN_TO_PWM = 4, EN_PIN_TO_SIO = 5, EN_PIN_TO_PIO0 = 6, EN_PIN_TO_NOTHING = 31 };
enum { EN_UART_TX = 0, EN_UART_RX = 1, EN_PDM_CLOCK = 2, EN_PDM_DATA = 3 };

/* Resets a part of the chip (EN_RESET_…) and lets it run; false if it does not start. */
bool en_chip_start(unsigned part);
bool en_chip_becomes(volatile uint32_t *at, uint32_t bits, uint32_t wanted);
/* Oscillator and PLLs: the processor's clock in hertz. USB and ADC have 48 MHz if it is EN_FULL_HERTZ. */
enum { EN_FULL_HERTZ = 125000000 };
uint32_t en_clock_tree_open(void);

/* Time, and an interrupt every 10 ms that ends a wait. */
void en_clock_open(void);
void en_clock_interrupt(void);
uint32_t en_clock_ticks(void);
uint32_t en_clock_milliseconds(void);

/* The link: USB while a host has its port open, else the UART. */
void en_link_open(en_board *, uint32_t hertz);
bool en_link_has_come(void);
/* Bytes from either; which are dropped while the other is in use. */
void en_link_put(uint8_t byte);
size_t en_link_room(void);
void en_link_lost(void);
void en_uart_open(uint32_t hertz);
void en_uart_interrupt(void);
void en_uart_write(const uint8_t *bytes, size_t count);
void en_usb_open(void);
void en_usb_interrupt(void);
bool en_usb_in_use(void);
void en_usb_write(const uint8_t *bytes, size_t count);
void en_usb_go_on(void); /* there is room for more */

/* These set the board's functions. */
void en_flash_open(en_board *);
void en_pins_open(en_board *);
void en_microphone_open(en_board *);
void en_microphone_interrupt(void);
/* Connects a pin; what an open input reads. */
enum { EN_PULL_NONE = 0, EN_PULL_DOWN = 1 << 2, EN_PULL_UP = 1 << 3 };
void en_pin_connect(unsigned pin, unsigned to, unsigned pull);

#endif
