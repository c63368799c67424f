/* A board that hears, drives pins and takes models: all of it is the component. */
#include "engram.h"

void app_main(void) { ESP_ERROR_CHECK(engram_start()); }
