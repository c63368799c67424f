/* engram as a component of ESP-IDF: two tasks, one for link, session and model, one from the microphone to a buffer. */
#ifndef ENGRAM_H
#define ENGRAM_H

#include "esp_err.h"

/* Starts both. Settings: menuconfig, "engram". ESP_ERR_NOT_FOUND without the partition for models, else what a driver says. */
esp_err_t engram_start(void);

#endif
