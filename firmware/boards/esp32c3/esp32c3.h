/* The ESP32-C3's devices. Registers: ESP32-C3 Technical Reference Manual (the chapter in the file that uses them) and
   components/soc/esp32c3 of ESP-IDF, which has their bits. */
#ifndef EN_ESP32C3_H
#define EN_ESP32C3_H

#include "board.h"

#define EN_REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

/* TRM 16, System Registers: clock and reset of peripherals. */
#define EN_SYSTEM(offset) EN_REGISTER(0x600C0000 + (offset))
enum {
  EN_SYSTEM_CPU = 0x008, EN_SYSTEM_CLOCKS0 = 0x010, EN_SYSTEM_CLOCKS1 = 0x014, EN_SYSTEM_RESETS0 = 0x018,
  EN_SYSTEM_RESETS1 = 0x01C, EN_SYSTEM_CLOCK = 0x058,
};

/* TRM 8, Interrupt Matrix: sources, and the processor's lines they are led to (start.S has the vectors). */
enum { EN_SOURCE_UART0 = 21, EN_SOURCE_USB = 26, EN_SOURCE_TIMER = 37 };
enum { EN_LINE_UART = 1, EN_LINE_USB = 2, EN_LINE_TIMER = 3 };
void en_interrupt_enable(unsigned source, unsigned line);

/* start.S: sleeps until an interrupt comes, also if one has come since the flag was cleared. An interrupt calls en_idle_ends. */
void en_idle(volatile uint32_t *over);
extern volatile uint32_t en_idle_over;
extern const uint8_t en_idle_begin[], en_idle_end[];
static inline void en_idle_ends(void) {
  uint32_t from;
  __asm__ volatile("csrr %0, mepc" : "=r"(from));
  if (from - (uintptr_t)en_idle_begin < (uintptr_t)(en_idle_end - en_idle_begin)) {
    __asm__ volatile("csrw mepc, %0" ::"r"(en_idle_end));
  }
  en_idle_over = 1;
}

/* The system timer counts at 16 MHz, from the crystal, whatever the processor does; an interrupt every 10 ms ends a wait. */
enum { EN_CLOCK_HERTZ = 16000000, EN_CRYSTAL_HERTZ = 40000000, EN_PLL_HERTZ = 160000000 };
void en_clock_open(void);
uint32_t en_clock_milliseconds(void);
uint32_t en_clock_ticks(void);

void en_watchdog_open(void);
void en_watchdog_alive(void);

/* A link's two halves. `write` gives up what nobody takes. */
typedef struct en_line {
  size_t (*read)(uint8_t *bytes, size_t room);
  void (*write)(const uint8_t *bytes, size_t count);
  bool (*has_come)(void);
  uint32_t (*overruns)(void);
} en_line;
enum { EN_RECEIVE_BYTES = 16384 };
extern const en_line en_uart, en_usb;
void en_uart_open(void);
void en_usb_open(void);
/* Sets the board's link: UART0 and the chip's own USB. */
void en_link_open(en_board *);
bool en_link_has_come(void);

/* Set the board's flash, its pins, its sensor. */
void en_flash_open(en_board *);
void en_pins_open(en_board *);
void en_microphone_open(en_board *);
/* TRM 5, IO MUX and GPIO Matrix: a signal of a peripheral to a pin, and back. */
void en_pin_drive(unsigned pin, unsigned signal);
void en_pin_hear(unsigned pin, unsigned signal);

#endif
