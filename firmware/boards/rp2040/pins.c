/* GP0 … GP28 as the board's pins of those numbers: digital, PWM, servo; GP26 … GP28 analog too. GP25 is the Pico's LED. Datasheet
   2.3.1 (SIO), 2.19 (pads and functions), 4.5 (PWM), 4.9 (ADC). */
#include "rp2040.h"

enum { PINS = 29, FIRST_ANALOG = 26, ANALOG_PINS = 3, ADC_BITS = 12, PWM_BITS = 8, PWM_MOST = (1 << PWM_BITS) - 1 };
#define SIO(offset) EN_REGISTER(0xD0000000 + (offset))
enum { IN = 0x04, OUT_SET = 0x14, OUT_CLEAR = 0x18, DRIVE_SET = 0x24, DRIVE_CLEAR = 0x28 };
#define FUNCTION(pin) EN_REGISTER(0x40014004 + 8 * (pin))
#define PAD(pin) EN_REGISTER(0x4001C004 + 4 * (pin))
enum { PAD_SCHMITT = 1 << 1, PAD_4_MA = 1 << 4, PAD_INPUT = 1 << 6, PAD_NO_OUTPUT = 1 << 7 };

/* Two pins and the two 16 further on share a slice, and so its period: beside a servo PWM has 50 Hz, too. */
#define SLICE(pin, offset) EN_REGISTER(0x40050000 + 0x14 * ((pin) / 2 % 8) + (offset))
enum { SLICE_ON = 0x0, SLICE_DIVIDER = 0x4, SLICE_LEVELS = 0xC, SLICE_TOP = 0x10 };
enum { MICROSECOND = 125 << 4, SERVO_PERIOD = 20000, PWM_PERIOD = 1000, DEGREES = 180 };

#define ADC(offset) EN_REGISTER(0x4004C000 + (offset))
enum { ADC_ON = 1 << 0, ADC_START = 1 << 2, ADC_READY = 1 << 8, ADC_CHANNEL = 12 };

#define DIGITAL (1 << EN_PIN_INPUT | 1 << EN_PIN_PULLUP | 1 << EN_PIN_OUTPUT | 1 << EN_PIN_PWM | 1 << EN_PIN_SERVO)
#define FREE {.modes = DIGITAL, .channel = 127, .pwm_bits = PWM_BITS}
#define TAKEN {.channel = 127}
#define ANALOG(number) {.modes = DIGITAL | 1 << EN_PIN_ANALOG, .channel = (number), .analog_bits = ADC_BITS, .pwm_bits = PWM_BITS}
/* 0, 1: UART. 2, 3: microphone. 23, 24: the Pico's power supply. */
static const en_pin pins[PINS] = {
  [0 ... 3] = TAKEN, [4 ... 22] = FREE, [23 ... 24] = TAKEN, [25] = FREE, [26] = ANALOG(0), [27] = ANALOG(1), [28] = ANALOG(2),
};

static struct { uint16_t least, most; } servos[PINS];
static uint32_t is_servo; /* by pin */

void en_pin_connect(unsigned pin, unsigned to, unsigned pull) {
  PAD(pin) = PAD_SCHMITT | PAD_4_MA | PAD_INPUT | pull;
  FUNCTION(pin) = to;
}

/* A slice that already gives a servo its period keeps it. */
static void start_slice(uint8_t pin, bool servo) {
  const bool neighbour = is_servo & 0x00030003u << pin / 2 % 8 * 2;
  SLICE(pin, SLICE_DIVIDER) = MICROSECOND;
  SLICE(pin, SLICE_TOP) = (servo || neighbour ? SERVO_PERIOD : PWM_PERIOD) - 1;
  SLICE(pin, SLICE_ON) = 1;
}

static void set_level(uint8_t pin, uint32_t microseconds) {
  const unsigned shift = pin % 2 * 16;
  SLICE(pin, SLICE_LEVELS) = (SLICE(pin, SLICE_LEVELS) & ~(0xFFFFu << shift)) | microseconds << shift;
}

static void pin_mode(uint8_t pin, uint8_t mode) {
  const bool pwm = mode == EN_PIN_PWM || mode == EN_PIN_SERVO;
  is_servo = (is_servo & ~(1u << pin)) | (uint32_t)(mode == EN_PIN_SERVO) << pin;
  if (pwm) {
    start_slice(pin, mode == EN_PIN_SERVO);
    set_level(pin, 0);
  }
  SIO(mode == EN_PIN_OUTPUT ? DRIVE_SET : DRIVE_CLEAR) = 1u << pin;
  en_pin_connect(pin, pwm ? EN_PIN_TO_PWM : mode == EN_PIN_ANALOG ? EN_PIN_TO_NOTHING : EN_PIN_TO_SIO,
    mode == EN_PIN_PULLUP ? EN_PULL_UP : EN_PULL_NONE);
  if (mode == EN_PIN_ANALOG) PAD(pin) = PAD_NO_OUTPUT; /* nothing digital at it */
}

static void digital_write(uint8_t pin, bool high) { SIO(high ? OUT_SET : OUT_CLEAR) = 1u << pin; }
static bool digital_read(uint8_t pin) { return SIO(IN) >> pin & 1; }

static void analog_write(uint8_t pin, uint32_t value) {
  if (is_servo >> pin & 1) {
    const uint32_t least = servos[pin].least, most = servos[pin].most;
    if (value < 544) value = least + (value > DEGREES ? DEGREES : value) * (most - least) / DEGREES;
    set_level(pin, value < least ? least : value > most ? most : value);
    return;
  }
  const uint32_t period = SLICE(pin, SLICE_TOP) + 1;
  set_level(pin, (value > PWM_MOST ? PWM_MOST : value) * period / PWM_MOST);
}

static uint16_t analog_read(uint8_t channel) {
  ADC(0x0) = (uint32_t)channel << ADC_CHANNEL | ADC_START | ADC_ON;
  (void)en_chip_becomes(&ADC(0x0), ADC_READY, ADC_READY);
  return (uint16_t)ADC(0x4);
}

static void servo_limits(uint8_t pin, uint16_t least, uint16_t most) {
  servos[pin].least = least;
  servos[pin].most = most < least ? least : most;
}

void en_pins_open(en_board *board) {
  (void)en_chip_start(EN_RESET_IO);
  (void)en_chip_start(EN_RESET_PADS);
  (void)en_chip_start(EN_RESET_PWM);
  (void)en_chip_start(EN_RESET_ADC);
  ADC(0x0) = ADC_ON;
  for (unsigned pin = 0; pin < PINS; pin++) {
    servos[pin].least = 544;
    servos[pin].most = 2400;
  }
  board->pins = pins;
  board->pin_count = PINS;
  board->pin_mode = pin_mode;
  board->digital_write = digital_write;
  board->digital_read = digital_read;
  board->analog_write = analog_write;
  board->analog_read = analog_read;
  board->servo_limits = servo_limits;
}
