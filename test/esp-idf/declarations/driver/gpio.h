#ifndef DRIVER_GPIO_H
#define DRIVER_GPIO_H
#include "esp_err.h"
#include "sdkconfig.h"
typedef int gpio_num_t;
typedef enum { GPIO_MODE_INPUT, GPIO_MODE_INPUT_OUTPUT } gpio_mode_t;
typedef enum { GPIO_PULLUP_ONLY, GPIO_FLOATING } gpio_pull_mode_t;
#if CONFIG_IDF_TARGET_ESP32S3
#define GPIO_PIN_COUNT 49
#else
#define GPIO_PIN_COUNT 40
#endif
#define GPIO_IS_VALID_GPIO(pin) ((pin) >= 0 && (pin) < GPIO_PIN_COUNT)
#define GPIO_IS_VALID_OUTPUT_GPIO(pin) (GPIO_IS_VALID_GPIO(pin) && (pin) != 46)
esp_err_t gpio_reset_pin(gpio_num_t);
esp_err_t gpio_set_direction(gpio_num_t, gpio_mode_t);
esp_err_t gpio_set_pull_mode(gpio_num_t, gpio_pull_mode_t);
esp_err_t gpio_set_level(gpio_num_t, uint32_t);
int gpio_get_level(gpio_num_t);
#endif
