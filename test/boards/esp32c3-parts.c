/* The parts of firmware/boards/esp32c3 that touch no peripheral, on the same instructions in QEMU (rv32's start-up): dividers of the I2S
   clock, the ring of sound, and the flash driver over functions of a ROM that stand in here. */
#include <stdlib.h>
#include <string.h>

#include "esp32c3.h"
#include "i2s-clock.h"
#include "sound-ring.h"

enum { SECTOR = 4096, KEPT = 4 * SECTOR, IN_FLASH = 0x100000 };

static void end(uint32_t line) {
  *(volatile uint32_t *)0x00100000 = line ? line << 16 | 0x3333 : 0x5555; /* QEMU's exit code */
  for (;;) {}
}
#define CHECK(condition) ((condition) ? (void)0 : end(__LINE__ % 255 + 1))

void en_port_reset(void) { end(250); }
void en_port_interrupt(void) { end(251); }
void en_clock_interrupt(void) { end(252); }

/* The flash chip: programming clears bits, nothing may be read while the cache sleeps, and what the cache holds is old until told. */
static uint8_t chip[KEPT], cached[KEPT];
static int asleep, unlocked, configured;
static uint32_t id = 0x1640EF;
const uint32_t *rom_spiflash_legacy_data = &id;

int esp_rom_spiflash_config_param(uint32_t chip_id, uint32_t size, uint32_t block, uint32_t sector, uint32_t page, uint32_t mask) {
  configured = chip_id == id && size == 4 << 20 && block == 65536 && sector == SECTOR && page == 256 && mask == 0xFFFF;
  return 0;
}

int esp_rom_spiflash_unlock(void) {
  CHECK(asleep && !unlocked);
  unlocked = 1;
  return 0;
}

int esp_rom_spiflash_erase_sector(uint32_t sector) {
  const uint32_t at = sector * SECTOR - IN_FLASH;
  CHECK(asleep && unlocked && at < KEPT);
  memset(chip + at, 0xFF, SECTOR);
  return 0;
}

int esp_rom_spiflash_write(uint32_t address, const uint32_t *words, int32_t bytes) {
  const uint32_t at = address - IN_FLASH;
  CHECK(asleep && unlocked && address % 4 == 0 && bytes % 4 == 0 && (uintptr_t)words % 4 == 0 && at + bytes <= KEPT);
  CHECK(address / 256 == (address + bytes - 1) / 256); /* within a page */
  for (int32_t i = 0; i < bytes; i++) chip[at + i] &= ((const uint8_t *)words)[i];
  return 0;
}

uint32_t Cache_Suspend_ICache(void) {
  CHECK(!asleep);
  asleep = 1;
  return 77;
}

void Cache_Resume_ICache(uint32_t state) {
  CHECK(asleep && state == 77);
  asleep = 0;
}

int Cache_Invalidate_Addr(uint32_t address, uint32_t bytes) {
  const uint32_t at = address - (0x3C000000 + IN_FLASH);
  CHECK(!asleep && at + bytes <= KEPT);
  memcpy(cached + at, chip + at, bytes);
  return 0;
}

static void check_flash(void) {
  en_board board = {0};
  uint8_t bytes[64];
  en_flash_open(&board);
  CHECK(configured && (uintptr_t)board.flash == 0x3C000000 + IN_FLASH && board.flash_bytes == KEPT);
  CHECK(board.erase_bytes == SECTOR && board.write_bytes == 32);
  for (size_t at = 0; at < KEPT; at += SECTOR) {
    memset(chip, 0x5A, KEPT);
    CHECK(board.erase(at));
    for (size_t i = 0; i < KEPT; i++) CHECK(chip[i] == (i - at < SECTOR ? 0xFF : 0x5A));
  }
  for (int i = 0; i < 64; i++) bytes[i] = (uint8_t)(i * 37);
  for (size_t at = 0; at + 64 <= KEPT; at += 32) {
    memset(chip, 0xFF, KEPT);
    CHECK(board.program(at, bytes, at % 64 ? 32 : 64));
    CHECK(memcmp(chip + at, bytes, at % 64 ? 32 : 64) == 0 && memcmp(cached + at, chip + at, 32) == 0);
    for (size_t i = 0; i < KEPT; i++) CHECK(i - at < (at % 64 ? 32 : 64) || chip[i] == 0xFF);
  }
}

static void check_sample(void) {
  CHECK(en_sound_sample(0) == 0 && en_sound_sample(1 << 13) == 1 && en_sound_sample((uint32_t)-(1 << 13)) == -1);
  CHECK(en_sound_sample(1 << 12) == 1 && en_sound_sample((1 << 12) - 1) == 0); /* rounded */
  CHECK(en_sound_sample(32767 << 13) == 32767 && en_sound_sample(32768u << 13) == 32767);
  CHECK(en_sound_sample(0x7FFFFFFF) == 32767 && en_sound_sample(0x80000000) == -32768);
  for (int32_t value = -40000; value <= 40000; value++) {
    const int32_t clipped = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
    CHECK(en_sound_sample((uint32_t)(value * 8192)) == clipped);
  }
}

/* As the DMA does it: by the descriptors alone. */
static uint32_t filled;
static void fill(en_sound_ring *ring, uint32_t number) {
  en_sound_block *block = &ring->blocks[number % EN_SOUND_BLOCKS];
  CHECK(block->state == (EN_SOUND_OF_DMA | EN_SOUND_BLOCK_BYTES));
  uint32_t *words = (uint32_t *)(uintptr_t)block->words;
  for (uint32_t i = 0; i < EN_SOUND_FRAMES; i++, filled++) {
    words[2 * i] = (filled & 0x3FFF) << 13;
    words[2 * i + 1] = 0xDEADBEEF; /* the right one is nobody's */
  }
  CHECK(block->next == (uint32_t)(uintptr_t)&ring->blocks[(number + 1) % EN_SOUND_BLOCKS]);
  block->state = EN_SOUND_BLOCK_BYTES << 12 | EN_SOUND_BLOCK_BYTES | 1u << 30;
}

static void check_ring(void) {
  static en_sound_ring ring;
  int16_t samples[64];
  uint32_t blocks = 0, taken = 0;
  en_sound_begin(&ring);
  CHECK(en_sound_take(&ring, samples, 64) == 0 && !en_sound_full(&ring));
  for (uint32_t round = 0; round < 2000; round++) {
    if (blocks - taken / EN_SOUND_FRAMES < EN_SOUND_BLOCKS - 1 && round % 3) fill(&ring, blocks++);
    const uint32_t room = round * 7 % 65, left = filled - taken;
    const size_t count = en_sound_take(&ring, samples, room);
    CHECK(count == (room < left ? room : left));
    for (size_t i = 0; i < count; i++, taken++) CHECK(samples[i] == (int16_t)(taken & 0x3FFF));
    CHECK(!en_sound_full(&ring));
  }
  while (en_sound_take(&ring, samples, 64) > 0) {}
  for (int i = 0; i < EN_SOUND_BLOCKS; i++) CHECK(!en_sound_full(&ring)), fill(&ring, blocks++);
  CHECK(en_sound_full(&ring));
  en_sound_begin(&ring);
  CHECK(!en_sound_full(&ring) && en_sound_take(&ring, samples, 64) == 0);
}

static void check_clock(uint32_t source, uint32_t rate, uint32_t most_per_million) {
  en_i2s_clock clock;
  CHECK(en_i2s_clock_for(source, rate, &clock) && clock.whole >= 2 && clock.whole <= 255);
  CHECK(clock.x < 512 && clock.y < 512 && clock.z < 512);
  uint64_t a = 1, b = 0;
  if (clock.z) {
    a = (uint64_t)(clock.x + 1) * clock.z + clock.y;
    b = clock.yn1 ? a - clock.z : clock.z;
    CHECK(clock.y < clock.z || clock.z == 1);
  }
  /* rate = source / (whole + b / a) / 512, nearly */
  const uint64_t is = source * a, wanted = (uint64_t)rate * 512 * (clock.whole * a + b);
  CHECK((is > wanted ? is - wanted : wanted - is) * 1000000 <= is * most_per_million);
}

int main(void) {
  check_flash();
  check_sample();
  check_ring();
  en_i2s_clock clock;
  CHECK(en_i2s_clock_for(160000000, 16000, &clock) && clock.whole == 19 && clock.z == 15 && clock.x == 1 && clock.y == 2 && clock.yn1);
  static const uint32_t rates[] = {7800, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 50000};
  for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) check_clock(160000000, rates[i], rates[i] % 8000 ? 50 : 0);
  for (uint32_t rate = 7801; rate < 50000; rate += 997) check_clock(160000000, rate, 200);
  CHECK(!en_i2s_clock_for(160000000, 0, &clock) && !en_i2s_clock_for(160000000, 500, &clock));
  CHECK(!en_i2s_clock_for(160000000, 160000, &clock) && !en_i2s_clock_for(160000000, 0xFFFFFFFF, &clock));
  end(0);
}
