/* The parts of the port. */
#ifndef EN_ESP_PORT_H
#define EN_ESP_PORT_H

#include "board.h"
#include "esp_err.h"

/* esp-link.c: a UART or the chip's USB serial port. */
esp_err_t en_esp_link_open(en_board *);
/* esp-partition.c: the data partition of that label, mapped. */
esp_err_t en_esp_partition_open(en_board *, const char *label);
/* esp-pins.c. */
void en_esp_pins_open(en_board *);
/* esp-microphone.c: nothing without one. */
esp_err_t en_esp_microphone_open(en_board *);

#endif
