/* The board as a whole, and its session's task. */
#include "engram.h"

#include "esp-port.h"
#include "esp_attr.h"
#include "esp_system.h"
#include "esp_task_wdt.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "sdkconfig.h"
#include "session.h"

enum { PRIORITY = 5, WAIT_MS = 2 };

static uint8_t frame[CONFIG_ENGRAM_FRAME_BYTES] __attribute__((aligned(8))), sent[CONFIG_ENGRAM_SENT_BYTES] __attribute__((aligned(8))),
  model[CONFIG_ENGRAM_MODEL_BYTES] __attribute__((aligned(8))), heap[CONFIG_ENGRAM_HEAP_BYTES] __attribute__((aligned(8)));
static RTC_NOINIT_ATTR uint32_t retained[2];

static uint32_t milliseconds(void) { return (uint32_t)(esp_timer_get_time() / 1000); }
static uint32_t ticks(void) { return (uint32_t)esp_timer_get_time(); }
static void alive(void) { (void)esp_task_wdt_reset(); }
static void reset(void) { esp_restart(); }
/* FreeRTOS tells what was never used, in ESP-IDF in bytes. */
static size_t stack_peak(void) { return CONFIG_ENGRAM_STACK_BYTES - uxTaskGetStackHighWaterMark(NULL); }

static void run(void *board) {
  static en_session session;
  (void)esp_task_wdt_add(NULL);
  en_session_open(&session, board);
  for (;;) {
    if (!en_session_poll(&session)) vTaskDelay(pdMS_TO_TICKS(WAIT_MS));
  }
}

esp_err_t engram_start(void) {
  static en_board board = {
    .name = CONFIG_ENGRAM_NAME,
    .milliseconds = milliseconds, .ticks = ticks, .ticks_per_second = 1000000,
    .alive = alive,
    .retained = retained, .reset = reset,
    .frame = frame, .sent = sent, .model = model, .heap = heap,
    .frame_bytes = sizeof frame, .sent_bytes = sizeof sent, .model_bytes = sizeof model, .heap_bytes = sizeof heap,
    .stack_bytes = CONFIG_ENGRAM_STACK_BYTES, .stack_peak = stack_peak,
  };
  esp_err_t error = en_esp_partition_open(&board, CONFIG_ENGRAM_PARTITION);
  if (error == ESP_OK) error = en_esp_link_open(&board);
  if (error == ESP_OK) error = en_esp_microphone_open(&board);
  if (error != ESP_OK) return error;
  en_esp_pins_open(&board);
  const BaseType_t core = portNUM_PROCESSORS - 1; /* the last: the first has radio and drivers */
  return xTaskCreatePinnedToCore(run, "engram", CONFIG_ENGRAM_STACK_BYTES, &board, PRIORITY, NULL, core) == pdPASS ? ESP_OK : ESP_ERR_NO_MEM;
}
