/* The second megabyte of flash, written by the ROM's functions and read where the ROM has mapped it. While they work nobody may read
   flash, so the cache is suspended; all code lies in RAM, and interrupts go on. Prototypes: components/esp_rom/esp32c3/include of
   ESP-IDF, rom/spi_flash.h and rom/cache.h. */
#include <string.h>

#include "esp32c3.h"

enum { SECTOR_BYTES = 4096, BLOCK_BYTES = 65536, PAGE_BYTES = 256, CHIP_BYTES = 4 << 20, STATUS_MASK = 0xFFFF, WRITE_BYTES = 32 };
enum { MAPPED = 0x3C000000 };

int esp_rom_spiflash_unlock(void);
int esp_rom_spiflash_erase_sector(uint32_t sector);
int esp_rom_spiflash_write(uint32_t address, const uint32_t *words, int32_t bytes);
int esp_rom_spiflash_config_param(uint32_t id, uint32_t chip, uint32_t block, uint32_t sector, uint32_t page, uint32_t status_mask);
extern const uint32_t *rom_spiflash_legacy_data; /* the first word is the chip's id */
uint32_t Cache_Suspend_ICache(void);
void Cache_Resume_ICache(uint32_t state);
int Cache_Invalidate_Addr(uint32_t address, uint32_t bytes);

extern const uint8_t en_kept_start[], en_kept_end[];

static uint32_t in_flash(size_t offset) { return (uint32_t)(uintptr_t)en_kept_start - MAPPED + (uint32_t)offset; }

static bool erase(size_t offset) {
  const uint32_t state = Cache_Suspend_ICache();
  const bool well = esp_rom_spiflash_erase_sector(in_flash(offset) / SECTOR_BYTES) == 0;
  Cache_Resume_ICache(state);
  (void)Cache_Invalidate_Addr((uint32_t)(uintptr_t)en_kept_start + (uint32_t)offset, SECTOR_BYTES);
  return well;
}

static bool program(size_t offset, const uint8_t *bytes, size_t count) {
  bool well = true;
  for (size_t i = 0; well && i < count; i += WRITE_BYTES) {
    uint32_t words[WRITE_BYTES / 4];
    memcpy(words, bytes + i, sizeof words);
    const uint32_t state = Cache_Suspend_ICache();
    well = esp_rom_spiflash_write(in_flash(offset + i), words, sizeof words) == 0;
    Cache_Resume_ICache(state);
  }
  (void)Cache_Invalidate_Addr((uint32_t)(uintptr_t)en_kept_start + (uint32_t)offset, (uint32_t)count);
  return well;
}

void en_flash_open(en_board *board) {
  (void)esp_rom_spiflash_config_param(*rom_spiflash_legacy_data, CHIP_BYTES, BLOCK_BYTES, SECTOR_BYTES, PAGE_BYTES, STATUS_MASK);
  const uint32_t state = Cache_Suspend_ICache();
  (void)esp_rom_spiflash_unlock(); /* once: it may write a register of the flash that wears as the flash does */
  Cache_Resume_ICache(state);
  board->flash = en_kept_start;
  board->flash_bytes = (size_t)(en_kept_end - en_kept_start);
  board->erase_bytes = SECTOR_BYTES;
  board->write_bytes = WRITE_BYTES;
  board->erase = erase;
  board->program = program;
}
