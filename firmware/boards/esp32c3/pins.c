/* GPIO0 … GPIO21 as the board's pins of the same numbers. TRM 5. */
#include "esp32c3.h"

enum { PINS = 22 };

#define FREE {.modes = 1 << EN_PIN_INPUT | 1 << EN_PIN_PULLUP | 1 << EN_PIN_OUTPUT, .channel = 127}
#define TAKEN {.channel = 127}
/* 4 to 6: the microphone. 11 to 17: the flash and its supply. 18, 19: USB. 20, 21: UART0. */
static const en_pin pins[PINS] = {
  [0 ... 3] = FREE, [4 ... 6] = TAKEN, [7 ... 10] = FREE, [11 ... 21] = TAKEN,
};

#define GPIO(offset) EN_REGISTER(0x60004000 + (offset))
#define LEVEL_SET GPIO(0x08)
#define LEVEL_CLEAR GPIO(0x0C)
#define DRIVEN_SET GPIO(0x24)
#define DRIVEN_CLEAR GPIO(0x28)
#define LEVELS GPIO(0x3C)
#define SIGNAL_IN(signal) GPIO(0x154 + 4 * (signal))
#define SIGNAL_OUT(pin) GPIO(0x554 + 4 * (pin))
enum { LEVEL_BIT = 128, DRIVEN_BY_BIT = 1 << 9, THROUGH_MATRIX = 1 << 6 };
#define MUX(pin) EN_REGISTER(0x60009004 + 4 * (pin))
enum { PULL_DOWN = 1 << 7, PULL_UP = 1 << 8, INPUT = 1 << 9, STRENGTH = 2 << 10, GPIO_FUNCTION = 1 << 12 };

static void pin_mode(uint8_t pin, uint8_t mode) {
  SIGNAL_OUT(pin) = LEVEL_BIT | DRIVEN_BY_BIT;
  MUX(pin) = GPIO_FUNCTION | STRENGTH | INPUT | (mode == EN_PIN_PULLUP ? PULL_UP : 0);
  if (mode == EN_PIN_OUTPUT) DRIVEN_SET = 1u << pin;
  else DRIVEN_CLEAR = 1u << pin;
}

static void digital_write(uint8_t pin, bool high) {
  if (high) LEVEL_SET = 1u << pin;
  else LEVEL_CLEAR = 1u << pin;
}

static bool digital_read(uint8_t pin) { return LEVELS >> pin & 1; }

void en_pin_drive(unsigned pin, unsigned signal) {
  SIGNAL_OUT(pin) = signal | DRIVEN_BY_BIT;
  MUX(pin) = GPIO_FUNCTION | STRENGTH;
  DRIVEN_SET = 1u << pin;
}

/* Pulled down: a slot in which the other side drives nothing reads zeros. */
void en_pin_hear(unsigned pin, unsigned signal) {
  DRIVEN_CLEAR = 1u << pin;
  MUX(pin) = GPIO_FUNCTION | INPUT | PULL_DOWN;
  SIGNAL_IN(signal) = THROUGH_MATRIX | pin;
}

void en_pins_open(en_board *board) {
  board->pins = pins;
  board->pin_count = PINS;
  board->pin_mode = pin_mode;
  board->digital_write = digital_write;
  board->digital_read = digital_read;
}
