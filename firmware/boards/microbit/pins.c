/* GPIO: pins by the names of the edge connector, P0 to P16. There is no P17: as pin 17 stands a row of the LED matrix. */
#include "microbit.h"

enum { PINS = 18, LED_COLUMNS = 7 << 7, OUTPUT = 3, INPUT = 0, INPUT_PULLUP = 3 << 2 };

#define GPIO(offset) EN_REGISTER(0x50000000 + (offset))
enum { SET = 0x508, CLEAR = 0x50C, IN = 0x510, OUTPUTS = 0x518 };

static const en_pin pins[PINS] = {
  [0 ... 16] = {.modes = 1 << EN_PIN_INPUT | 1 << EN_PIN_PULLUP | 1 << EN_PIN_OUTPUT, .channel = 127},
  [17] = {.modes = 1 << EN_PIN_OUTPUT, .channel = 127},
};

/* The chip's number of each. P3, P4, P6, P7, P9, P10 lead to columns of the matrix, too, P5 and P11 to the buttons. */
static const uint8_t chip_pins[PINS] = {3, 2, 1, 4, 5, 17, 12, 11, 18, 10, 6, 26, 20, 23, 22, 21, 16, 13};

static void pin_mode(uint8_t pin, uint8_t mode) {
  if (pin == EN_MICROPHONE_PIN && en_microphone_runs()) return;
  EN_PIN_CONFIG(chip_pins[pin]) = mode == EN_PIN_OUTPUT ? OUTPUT : mode == EN_PIN_PULLUP ? INPUT_PULLUP : INPUT;
}

static void digital_write(uint8_t pin, bool high) { GPIO(high ? SET : CLEAR) = 1u << chip_pins[pin]; }
static bool digital_read(uint8_t pin) { return GPIO(IN) >> chip_pins[pin] & 1; }

void en_pins_open(en_board *board) {
  GPIO(OUTPUTS) = LED_COLUMNS; /* low: columns 4 to 6, which no pin leads to, light up with row 1 */
  board->pins = pins;
  board->pin_count = PINS;
  board->pin_mode = pin_mode;
  board->digital_write = digital_write;
  board->digital_read = digital_read;
}
