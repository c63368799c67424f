/* Models and the journal in a partition of their own, mapped for as long as the board runs. */
#include <stddef.h>

#include "esp-port.h"
#include "esp_partition.h"

/* 16: what an encrypted partition would want, too; but one does not read FF when it is erased, so it must not be encrypted. */
enum { WRITE_BYTES = 16 };

static const esp_partition_t *partition;

static bool erase(size_t offset) { return esp_partition_erase_range(partition, offset, partition->erase_size) == ESP_OK; }

static bool program(size_t offset, const uint8_t *bytes, size_t count) {
  return esp_partition_write(partition, offset, bytes, count) == ESP_OK;
}

esp_err_t en_esp_partition_open(en_board *board, const char *label) {
  const void *mapped;
  esp_partition_mmap_handle_t handle;
  partition = esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, label);
  if (!partition) return ESP_ERR_NOT_FOUND;
  if (partition->encrypted) return ESP_ERR_NOT_SUPPORTED;
  const esp_err_t error = esp_partition_mmap(partition, 0, partition->size, ESP_PARTITION_MMAP_DATA, &mapped, &handle);
  board->flash = mapped;
  board->flash_bytes = partition->size;
  board->erase_bytes = partition->erase_size;
  board->write_bytes = WRITE_BYTES;
  board->erase = erase;
  board->program = program;
  return error;
}
