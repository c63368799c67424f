/* The microphone: I2S or PDM, read by a task of its own into a buffer that the session empties. */
#include "esp-port.h"
#include "sdkconfig.h"

#if CONFIG_ENGRAM_MICROPHONE_NONE
esp_err_t en_esp_microphone_open(en_board *board) {
  (void)board;
  return ESP_OK;
}
#else
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "freertos/stream_buffer.h"
#include "freertos/task.h"
#include "listen.h"
#if CONFIG_ENGRAM_MICROPHONE_PDM
#include "driver/i2s_pdm.h"
typedef int16_t raw;
#else
#include "driver/i2s_std.h"
typedef int32_t raw; /* 24 bits and more, at the top */
#endif

/* Above the session's: what waits in the driver's buffers is lost after some 90 ms. */
enum { PRIORITY = 6, STACK_BYTES = 3072, PART = 160, READ_MS = 50, ROOM = 16384 };

static i2s_chan_handle_t channel;
static SemaphoreHandle_t turn; /* who has it may use the channel */
static volatile bool turning;
static StreamBufferHandle_t samples;

static int16_t sample(raw value) {
#if CONFIG_ENGRAM_MICROPHONE_PDM
  return value;
#else
  value >>= CONFIG_ENGRAM_I2S_SHIFT;
  return (int16_t)(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value);
#endif
}

static void hear(void *nothing) {
  static raw part[PART];
  static int16_t heard[PART];
  (void)nothing;
  for (;;) {
    if (turning || !channel) {
      vTaskDelay(1);
      continue;
    }
    size_t bytes = 0;
    (void)xSemaphoreTake(turn, portMAX_DELAY);
    if (channel) (void)i2s_channel_read(channel, part, sizeof part, &bytes, READ_MS);
    (void)xSemaphoreGive(turn);
    const size_t count = bytes / sizeof *part;
    for (size_t i = 0; i < count; i++) heard[i] = sample(part[i]);
    /* Whole samples or none; what finds no room is lost. */
    if (xStreamBufferSpacesAvailable(samples) >= count * sizeof *heard) (void)xStreamBufferSend(samples, heard, count * sizeof *heard, 0);
  }
}

#if CONFIG_ENGRAM_MICROPHONE_PDM
static esp_err_t set_up(uint32_t rate) {
  const i2s_pdm_rx_config_t config = {
    .clk_cfg = I2S_PDM_RX_CLK_DEFAULT_CONFIG(rate),
    .slot_cfg = I2S_PDM_RX_SLOT_DEFAULT_CONFIG(I2S_DATA_BIT_WIDTH_16BIT, I2S_SLOT_MODE_MONO),
    .gpio_cfg = {.clk = CONFIG_ENGRAM_PDM_CLK, .din = CONFIG_ENGRAM_PDM_DIN},
  };
  return i2s_channel_init_pdm_rx_mode(channel, &config);
}
#else
static esp_err_t set_up(uint32_t rate) {
  i2s_std_config_t config = {
    .clk_cfg = I2S_STD_CLK_DEFAULT_CONFIG(rate),
    .slot_cfg = I2S_STD_PHILIPS_SLOT_DEFAULT_CONFIG(I2S_DATA_BIT_WIDTH_32BIT, I2S_SLOT_MODE_MONO),
    .gpio_cfg = {
      .mclk = I2S_GPIO_UNUSED, .bclk = CONFIG_ENGRAM_I2S_BCLK, .ws = CONFIG_ENGRAM_I2S_WS, .dout = I2S_GPIO_UNUSED, .din = CONFIG_ENGRAM_I2S_DIN,
    },
  };
  config.slot_cfg.slot_mask = I2S_STD_SLOT_LEFT;
  return i2s_channel_init_std_mode(channel, &config);
}
#endif

static void close(void) {
  if (!channel) return;
  (void)i2s_channel_disable(channel);
  (void)i2s_del_channel(channel);
  channel = NULL;
}

static bool open(uint32_t rate) {
  const i2s_chan_config_t kind = I2S_CHANNEL_DEFAULT_CONFIG(I2S_NUM_0, I2S_ROLE_MASTER); /* PDM is on port 0 alone */
  if (i2s_new_channel(&kind, NULL, &channel) != ESP_OK) {
    channel = NULL;
    return false;
  }
  if (set_up(rate) == ESP_OK && i2s_channel_enable(channel) == ESP_OK) return true;
  (void)i2s_del_channel(channel);
  channel = NULL;
  return false;
}

static bool esp_listen(uint32_t rate) {
  turning = true;
  (void)xSemaphoreTake(turn, portMAX_DELAY);
  close();
  const bool fine = rate == 0 || open(rate);
  (void)xSemaphoreGive(turn);
  turning = false;
  return fine;
}

static size_t esp_samples(int16_t *to, size_t room) { return xStreamBufferReceive(samples, to, room * sizeof *to, 0) / sizeof *to; }

esp_err_t en_esp_microphone_open(en_board *board) {
  static en_listener listener;
  turn = xSemaphoreCreateMutex();
  samples = xStreamBufferCreate(ROOM, 1);
  if (!turn || !samples) return ESP_ERR_NO_MEM;
  if (xTaskCreatePinnedToCore(hear, "engram ear", STACK_BYTES, NULL, PRIORITY, NULL, 0) != pdPASS) return ESP_ERR_NO_MEM;
  board->listen = esp_listen;
  board->samples = esp_samples;
  board->listening = &en_listen;
  board->listener = &listener;
  return ESP_OK;
}
#endif
