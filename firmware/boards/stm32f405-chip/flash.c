/* The chip's own flash: RM0090, sections 3.6 (erase and program), 3.9 (registers), 3.5.2 (caches). The processor stands still when it
   fetches code from flash that works: 1 to 2 s to erase a sector of 128 KB, 16 µs to program 32 bits (data sheet DS8626, flash memory),
   which wants a supply of 2.7 V at least. */
#include "stm32f405.h"

enum { FIRST_SECTOR = 6, SECTOR_BYTES = 128 * 1024, WRITE_BYTES = 8 };

#define ACCESS EN_REGISTER(0x40023C00)
#define KEY EN_REGISTER(0x40023C04)
#define STATUS EN_REGISTER(0x40023C0C)
#define CONTROL EN_REGISTER(0x40023C10)
enum { KEY_1 = 0x45670123, CACHE_ON = 1 << 10, CACHE_RESET = 1 << 12 };
#define KEY_2 0xCDEF89AB
/* Errors: operation, write protection, alignment, parallelism, sequence. A 1 clears. */
enum { ERRORS = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7, DONE = 1 << 0, BUSY = 1 << 16 };
enum { PROGRAM = 1 << 0, ERASE_SECTOR = 1 << 1, SECTOR_AT = 3, WORDS = 2 << 8, START = 1 << 16 };
#define LOCKED (1u << 31)

extern const uint8_t en_kept_start[], en_kept_end[];

static void unlock(void) {
  if (CONTROL & LOCKED) {
    KEY = KEY_1;
    KEY = KEY_2;
  }
  STATUS = ERRORS | DONE;
}

/* What the data cache holds may be what was there before. It is reset only while it is off. */
static bool lock(void) {
  const bool well = !(STATUS & ERRORS);
  CONTROL = LOCKED;
  const uint32_t access = ACCESS;
  ACCESS = access & ~(uint32_t)CACHE_ON;
  ACCESS = (access & ~(uint32_t)CACHE_ON) | CACHE_RESET;
  ACCESS = access & ~(uint32_t)CACHE_ON;
  ACCESS = access;
  return well;
}

static void finish(void) {
  while (STATUS & BUSY) {}
}

static bool erase(size_t offset) {
  const uint32_t what = ERASE_SECTOR | WORDS | (FIRST_SECTOR + (uint32_t)(offset / SECTOR_BYTES)) << SECTOR_AT;
  finish();
  unlock();
  CONTROL = what;
  CONTROL = what | START;
  finish();
  return lock();
}

static bool program(size_t offset, const uint8_t *bytes, size_t count) {
  finish();
  unlock();
  CONTROL = PROGRAM | WORDS;
  volatile uint32_t *at = &EN_REGISTER(en_kept_start + offset);
  for (size_t i = 0; i < count; i += 4) {
    *at++ = bytes[i] | (uint32_t)bytes[i + 1] << 8 | (uint32_t)bytes[i + 2] << 16 | (uint32_t)bytes[i + 3] << 24;
    finish();
  }
  return lock();
}

void en_flash_open(en_board *board) {
  board->flash = en_kept_start;
  board->flash_bytes = (size_t)(en_kept_end - en_kept_start);
  board->erase_bytes = SECTOR_BYTES;
  board->write_bytes = WRITE_BYTES;
  board->erase = erase;
  board->program = program;
}
