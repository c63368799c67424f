/* RM0090, chapter 8 (GPIO). */
#include "stm32f405.h"

enum { PINS = 48 };

#define FREE {.modes = 1 << EN_PIN_INPUT | 1 << EN_PIN_PULLUP | 1 << EN_PIN_OUTPUT, .channel = 127}
#define TAKEN {.channel = 127}
/* PA1: the microphone. PA9, PA10: USART1. PA13, PA14: the debugger. */
static const en_pin pins[PINS] = {
  [0] = FREE, [1] = TAKEN, [2 ... 8] = FREE, [9 ... 10] = TAKEN, [11 ... 12] = FREE, [13 ... 14] = TAKEN, [15 ... PINS - 1] = FREE,
};

/* In registers with two bits for each pin of a port. */
static void set(unsigned pin, unsigned offset, uint32_t value) {
  const unsigned shift = pin % 16 * 2;
  EN_GPIO(pin / 16, offset) = (EN_GPIO(pin / 16, offset) & ~(3u << shift)) | value << shift;
}

static void pin_mode(uint8_t pin, uint8_t mode) {
  set(pin, EN_GPIO_PULL, mode == EN_PIN_PULLUP);
  set(pin, EN_GPIO_MODE, mode == EN_PIN_OUTPUT);
}

static void digital_write(uint8_t pin, bool high) { EN_GPIO(pin / 16, EN_GPIO_SET) = 1u << (pin % 16 + (high ? 0 : 16)); }
static bool digital_read(uint8_t pin) { return EN_GPIO(pin / 16, EN_GPIO_IN) >> pin % 16 & 1; }

void en_pins_open(en_board *board) {
  EN_RCC(0x30) |= 7; /* AHB1ENR: ports A, B, C */
  board->pins = pins;
  board->pin_count = PINS;
  board->pin_mode = pin_mode;
  board->digital_write = digital_write;
  board->digital_read = digital_read;
}
