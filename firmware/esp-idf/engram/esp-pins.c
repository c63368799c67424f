/* Pins: digital by the GPIO driver, PWM and servos by LEDC. Those that flash, PSRAM, link and microphone take are not shown. */
#include "driver/gpio.h"
#include "driver/ledc.h"
#include "esp-port.h"
#include "sdkconfig.h"

enum {
  PINS = GPIO_PIN_COUNT < 64 ? GPIO_PIN_COUNT : 64, NO_CHANNEL = 127, CHANNELS = 8,
  PWM_HERTZ = 5000, SERVO_HERTZ = 50, SERVO_BITS = 14, PERIOD_US = 1000000 / SERVO_HERTZ, LEAST_US = 544, MOST_US = 2400, DEGREES = 180,
};

static en_pin pins[PINS];
static uint16_t least_us[CHANNELS], most_us[CHANNELS];
static int channel_pins[CHANNELS]; /* which pin has the channel, −1 none */

/* Datasheets: ESP32, 6 to 11 are the flash's; ESP32-S3, 26 to 32 flash and PSRAM, 33 to 37 with eight data lines, 19 and 20 USB. */
static uint64_t taken(void) {
  uint64_t mask = 0;
#if CONFIG_IDF_TARGET_ESP32
  mask |= (uint64_t)0x3F << 6;
#elif CONFIG_IDF_TARGET_ESP32S3
  mask |= (uint64_t)0xFFF << 26 | (uint64_t)3 << 19;
#endif
#if CONFIG_ENGRAM_LINK_UART
  const int link[] = {CONFIG_ENGRAM_UART_TX, CONFIG_ENGRAM_UART_RX};
  for (int i = 0; i < 2; i++) if (link[i] >= 0) mask |= (uint64_t)1 << link[i];
#endif
#if CONFIG_ENGRAM_MICROPHONE_I2S
  mask |= (uint64_t)1 << CONFIG_ENGRAM_I2S_BCLK | (uint64_t)1 << CONFIG_ENGRAM_I2S_WS | (uint64_t)1 << CONFIG_ENGRAM_I2S_DIN;
#elif CONFIG_ENGRAM_MICROPHONE_PDM
  mask |= (uint64_t)1 << CONFIG_ENGRAM_PDM_CLK | (uint64_t)1 << CONFIG_ENGRAM_PDM_DIN;
#endif
  return mask;
}

/* The pin's LEDC channel; a free one if it has none and `wanted`; −1 if there is none. */
static int channel_of(uint8_t pin, bool wanted) {
  int free = -1;
  for (int i = 0; i < CHANNELS; i++) {
    if (channel_pins[i] == pin) return i;
    if (free < 0 && channel_pins[i] < 0) free = i;
  }
  if (wanted && free >= 0) channel_pins[free] = pin;
  return wanted ? free : -1;
}

static void release(uint8_t pin) {
  const int channel = channel_of(pin, false);
  if (channel < 0) return;
  (void)ledc_stop(LEDC_LOW_SPEED_MODE, (ledc_channel_t)channel, 0);
  channel_pins[channel] = -1;
}

static int modulate(uint8_t pin, ledc_timer_t timer) {
  const int channel = channel_of(pin, true);
  if (channel < 0) return -1;
  const ledc_channel_config_t config = {
    .gpio_num = pin, .speed_mode = LEDC_LOW_SPEED_MODE, .channel = (ledc_channel_t)channel, .timer_sel = timer, .duty = 0, .hpoint = 0,
  };
  (void)ledc_channel_config(&config);
  return channel;
}

static uint8_t modes[PINS];

enum { UNKNOWN = 255 }; /* what a pin is after a reset differs from pin to pin */

static void pin_mode(uint8_t pin, uint8_t mode) {
  const uint8_t old = modes[pin];
  if (old == mode) return;
  modes[pin] = mode;
  release(pin);
  if (mode == EN_PIN_PWM) {
    (void)modulate(pin, LEDC_TIMER_0);
  } else if (mode == EN_PIN_SERVO) {
    const int channel = modulate(pin, LEDC_TIMER_1);
    if (channel >= 0) least_us[channel] = LEAST_US, most_us[channel] = MOST_US;
  } else {
    (void)gpio_reset_pin((gpio_num_t)pin);
    (void)gpio_set_direction((gpio_num_t)pin, mode == EN_PIN_OUTPUT ? GPIO_MODE_INPUT_OUTPUT : GPIO_MODE_INPUT);
    (void)gpio_set_pull_mode((gpio_num_t)pin, mode == EN_PIN_PULLUP ? GPIO_PULLUP_ONLY : GPIO_FLOATING);
  }
}

static void digital_write(uint8_t pin, bool high) { (void)gpio_set_level((gpio_num_t)pin, high); }
static bool digital_read(uint8_t pin) { return gpio_get_level((gpio_num_t)pin) != 0; }

/* Degrees or, from LEAST_US on, microseconds, as a share of the servo's period. */
static uint32_t servo_duty(int channel, uint32_t value) {
  const uint32_t least = least_us[channel], most = most_us[channel];
  uint32_t us = value;
  if (value < LEAST_US) us = least + (most - least) * (value < DEGREES ? value : DEGREES) / DEGREES;
  if (us > PERIOD_US) us = PERIOD_US;
  return (us << SERVO_BITS) / PERIOD_US;
}

static void analog_write(uint8_t pin, uint32_t value) {
  const int channel = channel_of(pin, false);
  if (channel < 0) return;
  const uint32_t duty = modes[pin] == EN_PIN_SERVO ? servo_duty(channel, value) : value < 255 ? value : 256;
  (void)ledc_set_duty(LEDC_LOW_SPEED_MODE, (ledc_channel_t)channel, duty);
  (void)ledc_update_duty(LEDC_LOW_SPEED_MODE, (ledc_channel_t)channel);
}

/* Comes before or after the mode, which must not undo it. */
static void servo_limits(uint8_t pin, uint16_t least, uint16_t most) {
  pin_mode(pin, EN_PIN_SERVO);
  const int channel = channel_of(pin, false);
  if (channel < 0 || most < least) return;
  least_us[channel] = least;
  most_us[channel] = most;
}

static void start_timer(ledc_timer_t timer, ledc_timer_bit_t bits, uint32_t hertz) {
  const ledc_timer_config_t config = {
    .speed_mode = LEDC_LOW_SPEED_MODE, .duty_resolution = bits, .timer_num = timer, .freq_hz = hertz, .clk_cfg = LEDC_AUTO_CLK,
  };
  (void)ledc_timer_config(&config);
}

void en_esp_pins_open(en_board *board) {
  const uint64_t hidden = taken();
  for (int i = 0; i < CHANNELS; i++) channel_pins[i] = -1;
  for (int pin = 0; pin < PINS; pin++) {
    uint16_t able = 0;
    if (GPIO_IS_VALID_GPIO(pin) && !(hidden >> pin & 1)) {
      able = 1 << EN_PIN_INPUT;
      if (GPIO_IS_VALID_OUTPUT_GPIO(pin)) able |= 1 << EN_PIN_PULLUP | 1 << EN_PIN_OUTPUT | 1 << EN_PIN_PWM | 1 << EN_PIN_SERVO;
    }
    modes[pin] = UNKNOWN;
    pins[pin] = (en_pin){.modes = able, .channel = NO_CHANNEL, .pwm_bits = 8};
  }
  start_timer(LEDC_TIMER_0, LEDC_TIMER_8_BIT, PWM_HERTZ);
  start_timer(LEDC_TIMER_1, LEDC_TIMER_14_BIT, SERVO_HERTZ);
  board->pins = pins;
  board->pin_count = PINS;
  board->pin_mode = pin_mode;
  board->digital_write = digital_write;
  board->digital_read = digital_read;
  board->analog_write = analog_write;
  board->servo_limits = servo_limits;
}
