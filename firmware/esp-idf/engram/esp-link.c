/* The link: a UART, or the USB serial port that some chips have in hardware. */
#include "esp-port.h"
#include "freertos/FreeRTOS.h"
#include "sdkconfig.h"

#if CONFIG_ENGRAM_LINK_USB
#include "driver/usb_serial_jtag.h"

enum { BUFFER_BYTES = 4096, PATIENCE_MS = 100 };

static size_t link_read(uint8_t *bytes, size_t room) {
  const int count = usb_serial_jtag_read_bytes(bytes, (uint32_t)room, 0);
  return count > 0 ? (size_t)count : 0;
}

/* Without a host that reads, the driver takes nothing for a while, and the rest is dropped. */
static void link_write(const uint8_t *bytes, size_t count) {
  while (count > 0) {
    const int written = usb_serial_jtag_write_bytes(bytes, count, pdMS_TO_TICKS(PATIENCE_MS));
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

esp_err_t en_esp_link_open(en_board *board) {
  usb_serial_jtag_driver_config_t buffers = {.tx_buffer_size = BUFFER_BYTES, .rx_buffer_size = BUFFER_BYTES};
  board->read = link_read;
  board->write = link_write;
  board->receive_bytes = BUFFER_BYTES;
  return usb_serial_jtag_driver_install(&buffers);
}
#else
#include "driver/uart.h"

/* A UART cannot be told to wait: room for what comes while a sector is erased (50 ms and more) at 115,200 baud. */
enum { RECEIVE_BYTES = 8192, SEND_BYTES = 2048 };

static size_t link_read(uint8_t *bytes, size_t room) {
  const int count = uart_read_bytes(CONFIG_ENGRAM_UART, bytes, (uint32_t)room, 0);
  return count > 0 ? (size_t)count : 0;
}

/* The driver waits until its buffer has all; a UART always empties it. */
static void link_write(const uint8_t *bytes, size_t count) { (void)uart_write_bytes(CONFIG_ENGRAM_UART, bytes, count); }

esp_err_t en_esp_link_open(en_board *board) {
  const uart_config_t form = {
    .baud_rate = CONFIG_ENGRAM_BAUD,
    .data_bits = UART_DATA_8_BITS,
    .parity = UART_PARITY_DISABLE,
    .stop_bits = UART_STOP_BITS_1,
    .flow_ctrl = UART_HW_FLOWCTRL_DISABLE,
    .source_clk = UART_SCLK_DEFAULT,
  };
  board->read = link_read;
  board->write = link_write;
  board->receive_bytes = RECEIVE_BYTES;
  esp_err_t error = uart_driver_install(CONFIG_ENGRAM_UART, RECEIVE_BYTES, SEND_BYTES, 0, NULL, 0);
  if (error == ESP_OK) error = uart_param_config(CONFIG_ENGRAM_UART, &form);
  if (error == ESP_OK) error = uart_set_pin(CONFIG_ENGRAM_UART, CONFIG_ENGRAM_UART_TX, CONFIG_ENGRAM_UART_RX, UART_PIN_NO_CHANGE, UART_PIN_NO_CHANGE);
  return error;
}
#endif
