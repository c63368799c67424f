/* Pins that exist only as lines in the log: 14 digital ones with an LED at 13 (six with PWM, all with servo), six analog ones
   that read a slow ramp. */
#include "native.h"

enum { PINS = 20, ANALOG_PINS = 6, DIGITAL_PINS = PINS - ANALOG_PINS, LED = 13, LEAST_MICROSECONDS = 544 };

static en_pin pins[PINS];
static uint8_t modes[PINS];
static uint16_t ramp;

static void pin_mode(uint8_t pin, uint8_t mode) {
  static const char *const names[16] = {"input", "output", "analog", "pwm", "servo", [11] = "pullup"};
  if (modes[pin] == mode) return;
  modes[pin] = mode;
  en_native_log("pin %d mode %s", pin, names[mode]);
}

static void digital_write(uint8_t pin, bool high) {
  en_native_log(pin == LED ? "led %d %s" : "pin %d %s", pin, high ? "on" : "off");
}

/* Inputs are open: high with a pull-up, else low. */
static bool digital_read(uint8_t pin) { return modes[pin] == EN_PIN_PULLUP; }

static void analog_write(uint8_t pin, uint32_t value) {
  if (modes[pin] != EN_PIN_SERVO) en_native_log("pwm %d %u", pin, value);
  else en_native_log("servo %d %u %s", pin, value, value < LEAST_MICROSECONDS ? "degrees" : "microseconds");
}

static uint16_t analog_read(uint8_t channel) { return (uint16_t)((ramp++ + channel * 100) & 1023); }

static void servo_limits(uint8_t pin, uint16_t least, uint16_t most) {
  en_native_log("servo %d from %d to %d microseconds", pin, least, most);
}

void en_native_pins_open(en_board *board) {
  const uint16_t digital = 1 << EN_PIN_INPUT | 1 << EN_PIN_PULLUP | 1 << EN_PIN_OUTPUT;
  for (uint8_t pin = 0; pin < PINS; pin++) {
    bool analog = pin >= DIGITAL_PINS;
    bool pwm = pin == 3 || pin == 5 || pin == 6 || pin == 9 || pin == 10 || pin == 11;
    pins[pin] = (en_pin){
      .modes = (uint16_t)(digital | (analog ? 1 << EN_PIN_ANALOG : 1 << EN_PIN_SERVO) | (pwm ? 1 << EN_PIN_PWM : 0)),
      .channel = analog ? pin - DIGITAL_PINS : 127,
      .analog_bits = 10,
      .pwm_bits = 8,
    };
    modes[pin] = analog ? EN_PIN_ANALOG : EN_PIN_INPUT;
  }
  /* 0 and 1 are the serial port on the boards that this one resembles. */
  pins[0].modes = pins[1].modes = 0;
  board->pins = pins;
  board->pin_count = PINS;
  board->pin_mode = pin_mode;
  board->digital_write = digital_write;
  board->digital_read = digital_read;
  board->analog_write = analog_write;
  board->analog_read = analog_read;
  board->servo_limits = servo_limits;
}
