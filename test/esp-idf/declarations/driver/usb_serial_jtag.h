#include "esp_err.h"
typedef struct {
  uint32_t tx_buffer_size, rx_buffer_size;
} usb_serial_jtag_driver_config_t;
esp_err_t usb_serial_jtag_driver_install(usb_serial_jtag_driver_config_t *);
int usb_serial_jtag_read_bytes(void *, uint32_t length, uint32_t ticks);
int usb_serial_jtag_write_bytes(const void *, size_t, uint32_t ticks);
