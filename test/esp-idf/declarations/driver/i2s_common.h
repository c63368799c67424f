#ifndef DRIVER_I2S_COMMON_H
#define DRIVER_I2S_COMMON_H
#include "esp_err.h"
typedef struct en_test_channel *i2s_chan_handle_t;
typedef enum { I2S_NUM_0 } i2s_port_t;
typedef enum { I2S_ROLE_MASTER } i2s_role_t;
typedef enum { I2S_DATA_BIT_WIDTH_16BIT = 16, I2S_DATA_BIT_WIDTH_32BIT = 32 } i2s_data_bit_width_t;
typedef enum { I2S_SLOT_MODE_MONO = 1 } i2s_slot_mode_t;
typedef int gpio_num_t;
#define I2S_GPIO_UNUSED (-1)
typedef struct {
  i2s_port_t id;
  i2s_role_t role;
} i2s_chan_config_t;
#define I2S_CHANNEL_DEFAULT_CONFIG(port, of) {.id = port, .role = of}
esp_err_t i2s_new_channel(const i2s_chan_config_t *, i2s_chan_handle_t *tx, i2s_chan_handle_t *rx);
esp_err_t i2s_del_channel(i2s_chan_handle_t);
esp_err_t i2s_channel_enable(i2s_chan_handle_t);
esp_err_t i2s_channel_disable(i2s_chan_handle_t);
esp_err_t i2s_channel_read(i2s_chan_handle_t, void *, size_t, size_t *bytes_read, uint32_t timeout_ms);
#endif
