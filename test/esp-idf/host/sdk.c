/* As much of ESP-IDF as the component calls, on threads of the host: the UART is standard input and output, the partition a file, the
   microphone a file of samples, GPIO lines on standard error. Arguments: partition, sound. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "driver/gpio.h"
#include "driver/i2s_std.h"
#include "driver/ledc.h"
#include "driver/uart.h"
#include "esp_partition.h"
#include "esp_system.h"
#include "esp_task_wdt.h"
#include "esp_timer.h"
#include "freertos/semphr.h"
#include "freertos/stream_buffer.h"

enum { SECTOR = 4096, PARTITION = 512 * 1024, SHIFT = 14 };

static char **arguments;

void en_test_check(esp_err_t error) {
  if (error == ESP_OK) return;
  fprintf(stderr, "engram board: error %d\n", error);
  exit(1);
}

int64_t esp_timer_get_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void esp_restart(void) {
  (void)execv("/proc/self/exe", arguments);
  exit(1);
}

esp_err_t esp_task_wdt_add(TaskHandle_t task) { return (void)task, ESP_OK; }
esp_err_t esp_task_wdt_reset(void) { return ESP_OK; }

/* ---- Tasks ---- */

struct start { void (*run)(void *); void *with; };

static void *begin(void *of) {
  struct start *start = of;
  start->run(start->with);
  return NULL;
}

BaseType_t xTaskCreatePinnedToCore(void (*run)(void *), const char *name, uint32_t stack, void *with, UBaseType_t priority, TaskHandle_t *task,
                                   BaseType_t core) {
  pthread_t thread;
  struct start *start = malloc(sizeof *start);
  (void)stack, (void)priority, (void)task;
  fprintf(stderr, "task %s on core %d\n", name, core);
  *start = (struct start){run, with};
  return pthread_create(&thread, NULL, begin, start) == 0 ? pdPASS : 0;
}

void vTaskDelay(TickType_t ticks) { usleep(ticks * 1000); }
UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t task) { return (void)task, 1; }

struct en_test_semaphore { pthread_mutex_t mutex; };

SemaphoreHandle_t xSemaphoreCreateMutex(void) {
  SemaphoreHandle_t made = malloc(sizeof *made);
  (void)pthread_mutex_init(&made->mutex, NULL);
  return made;
}
BaseType_t xSemaphoreTake(SemaphoreHandle_t of, TickType_t ticks) { return (void)ticks, pthread_mutex_lock(&of->mutex) == 0; }
BaseType_t xSemaphoreGive(SemaphoreHandle_t of) { return pthread_mutex_unlock(&of->mutex) == 0; }

struct en_test_buffer { pthread_mutex_t mutex; size_t held, room; uint8_t bytes[]; };

StreamBufferHandle_t xStreamBufferCreate(size_t bytes, size_t trigger) {
  StreamBufferHandle_t made = calloc(1, sizeof *made + bytes);
  (void)trigger;
  (void)pthread_mutex_init(&made->mutex, NULL);
  made->room = bytes;
  return made;
}

size_t xStreamBufferSpacesAvailable(StreamBufferHandle_t of) {
  (void)pthread_mutex_lock(&of->mutex);
  const size_t free = of->room - of->held;
  (void)pthread_mutex_unlock(&of->mutex);
  return free;
}

size_t xStreamBufferSend(StreamBufferHandle_t of, const void *from, size_t count, TickType_t ticks) {
  (void)ticks;
  (void)pthread_mutex_lock(&of->mutex);
  if (count > of->room - of->held) count = of->room - of->held;
  memcpy(of->bytes + of->held, from, count);
  of->held += count;
  (void)pthread_mutex_unlock(&of->mutex);
  return count;
}

size_t xStreamBufferReceive(StreamBufferHandle_t of, void *to, size_t count, TickType_t ticks) {
  (void)ticks;
  (void)pthread_mutex_lock(&of->mutex);
  if (count > of->held) count = of->held;
  memcpy(to, of->bytes, count);
  memmove(of->bytes, of->bytes + count, of->held -= count);
  (void)pthread_mutex_unlock(&of->mutex);
  return count;
}

/* ---- Partition: NOR, programming only clears bits ---- */

static uint8_t *flash;
static const esp_partition_t partition = {.size = PARTITION, .erase_size = SECTOR};

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type, esp_partition_subtype_t subtype, const char *label) {
  const int file = open(arguments[1], O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  (void)type, (void)subtype;
  if (strcmp(label, "engram") != 0 || file < 0 || ftruncate(file, PARTITION) != 0) return NULL;
  flash = mmap(NULL, PARTITION, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  return flash == MAP_FAILED ? NULL : &partition;
}

esp_err_t esp_partition_mmap(const esp_partition_t *of, size_t offset, size_t size, esp_partition_mmap_memory_t memory, const void **out,
                             esp_partition_mmap_handle_t *handle) {
  (void)of, (void)size, (void)memory, (void)handle;
  *out = flash + offset;
  return ESP_OK;
}

esp_err_t esp_partition_erase_range(const esp_partition_t *of, size_t offset, size_t size) {
  if (offset % of->erase_size != 0 || size % of->erase_size != 0 || offset + size > of->size) return ESP_ERR_NOT_SUPPORTED;
  memset(flash + offset, 0xFF, size);
  return ESP_OK;
}

esp_err_t esp_partition_write(const esp_partition_t *of, size_t offset, const void *from, size_t size) {
  if (offset + size > of->size) return ESP_ERR_NOT_SUPPORTED;
  for (size_t i = 0; i < size; i++) flash[offset + i] &= ((const uint8_t *)from)[i];
  return ESP_OK;
}

/* ---- UART ---- */

esp_err_t uart_driver_install(uart_port_t port, int receive_bytes, int send_bytes, int queue, QueueHandle_t *out, int flags) {
  return (void)port, (void)receive_bytes, (void)send_bytes, (void)queue, (void)out, (void)flags, ESP_OK;
}
esp_err_t uart_param_config(uart_port_t port, const uart_config_t *form) { return (void)port, form->baud_rate == 115200 ? ESP_OK : ESP_ERR_NOT_FOUND; }
esp_err_t uart_set_pin(uart_port_t port, int tx, int rx, int rts, int cts) { return (void)port, (void)tx, (void)rx, (void)rts, (void)cts, ESP_OK; }

int uart_read_bytes(uart_port_t port, void *to, uint32_t length, TickType_t ticks) {
  struct pollfd input = {STDIN_FILENO, POLLIN, 0};
  (void)port, (void)ticks;
  if (poll(&input, 1, 0) <= 0) return 0;
  const ssize_t count = read(STDIN_FILENO, to, length);
  if (count <= 0) exit(0);
  return (int)count;
}

int uart_write_bytes(uart_port_t port, const void *from, size_t count) {
  (void)port;
  for (size_t done = 0; done < count;) {
    const ssize_t written = write(STDOUT_FILENO, (const uint8_t *)from + done, count - done);
    if (written < 0 && errno != EINTR) exit(0);
    if (written > 0) done += (size_t)written;
  }
  return (int)count;
}

/* ---- Pins ---- */

esp_err_t gpio_reset_pin(gpio_num_t pin) { return (void)pin, ESP_OK; }
esp_err_t gpio_set_direction(gpio_num_t pin, gpio_mode_t mode) {
  if (mode == GPIO_MODE_INPUT_OUTPUT) fprintf(stderr, "gpio %d output\n", pin);
  return ESP_OK;
}
esp_err_t gpio_set_pull_mode(gpio_num_t pin, gpio_pull_mode_t mode) { return (void)pin, (void)mode, ESP_OK; }
esp_err_t gpio_set_level(gpio_num_t pin, uint32_t level) { return fprintf(stderr, "gpio %d %u\n", pin, level), ESP_OK; }
int gpio_get_level(gpio_num_t pin) { return pin & 1; }

static int ledc_pin[8];
static uint32_t ledc_duty[8];

esp_err_t ledc_timer_config(const ledc_timer_config_t *config) { return (void)config, ESP_OK; }
esp_err_t ledc_channel_config(const ledc_channel_config_t *config) { return ledc_pin[config->channel] = config->gpio_num, ESP_OK; }
esp_err_t ledc_set_duty(ledc_mode_t mode, ledc_channel_t channel, uint32_t duty) { return (void)mode, ledc_duty[channel] = duty, ESP_OK; }
esp_err_t ledc_update_duty(ledc_mode_t mode, ledc_channel_t channel) {
  return (void)mode, fprintf(stderr, "ledc %d duty %u\n", ledc_pin[channel], ledc_duty[channel]), ESP_OK;
}
esp_err_t ledc_stop(ledc_mode_t mode, ledc_channel_t channel, uint32_t idle) {
  return (void)mode, (void)idle, fprintf(stderr, "ledc %d off\n", ledc_pin[channel]), ESP_OK;
}

/* ---- I2S: after its end the sound is silent ---- */

struct en_test_channel { FILE *sound; uint32_t rate; int64_t begun; uint64_t given; };

esp_err_t i2s_new_channel(const i2s_chan_config_t *config, i2s_chan_handle_t *tx, i2s_chan_handle_t *rx) {
  (void)config, (void)tx;
  *rx = calloc(1, sizeof **rx);
  return ((*rx)->sound = fopen(arguments[2], "rb")) ? ESP_OK : ESP_ERR_NOT_FOUND;
}
esp_err_t i2s_channel_init_std_mode(i2s_chan_handle_t of, const i2s_std_config_t *config) { return of->rate = config->clk_cfg.sample_rate_hz, ESP_OK; }
esp_err_t i2s_channel_enable(i2s_chan_handle_t of) { return fprintf(stderr, "i2s at %u\n", of->rate), of->begun = esp_timer_get_time(), ESP_OK; }
esp_err_t i2s_channel_disable(i2s_chan_handle_t of) { return (void)of, ESP_OK; }
esp_err_t i2s_del_channel(i2s_chan_handle_t of) { return fclose(of->sound), free(of), ESP_OK; }

esp_err_t i2s_channel_read(i2s_chan_handle_t of, void *to, size_t size, size_t *bytes, uint32_t timeout_ms) {
  int32_t *values = to;
  const size_t count = size / sizeof *values;
  (void)timeout_ms;
  while ((uint64_t)(esp_timer_get_time() - of->begun) * of->rate / 1000000 < of->given + count) usleep(1000);
  of->given += count;
  for (size_t i = 0; i < count; i++) {
    int16_t value = 0;
    if (fread(&value, sizeof value, 1, of->sound) != 1) value = 0;
    values[i] = (int32_t)value * (1 << SHIFT);
  }
  *bytes = size;
  return ESP_OK;
}

void app_main(void);

int main(int count, char **given) {
  if (count != 3) return 2;
  arguments = given;
  setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
  app_main();
  for (;;) pause();
}
