/* These folders declare what firmware/esp-idf uses of ESP-IDF 5, and nothing else: names, parameters and fields by its API reference
   (docs.espressif.com/projects/esp-idf, v5.3). Numbers are made up where only the SDK knows them. */
#ifndef ESP_ERR_H
#define ESP_ERR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
typedef int esp_err_t;
enum { ESP_OK, ESP_ERR_NO_MEM = 0x101, ESP_ERR_NOT_FOUND = 0x105, ESP_ERR_NOT_SUPPORTED };
void en_test_check(esp_err_t);
#define ESP_ERROR_CHECK(x) en_test_check(x)
#endif
