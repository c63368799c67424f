/* NVMC, the controller of non-volatile memory. The processor stands still while it works: about 22 ms to erase a page, 46 µs to
   write a word. */
#include "microbit.h"

enum { PAGE_BYTES = 1024, WRITE_BYTES = 16 };

#define READY EN_REGISTER(0x4001E400)
#define ALLOWED EN_REGISTER(0x4001E504)
#define ERASE_PAGE EN_REGISTER(0x4001E508)
enum { READING, WRITING, ERASING };

extern const uint8_t en_kept_start[], en_kept_end[];

static void finish(void) {
  while (!READY) {}
}

static bool erase(size_t offset) {
  ALLOWED = ERASING;
  ERASE_PAGE = (uint32_t)(uintptr_t)(en_kept_start + offset);
  finish();
  ALLOWED = READING;
  return true;
}

static bool program(size_t offset, const uint8_t *bytes, size_t count) {
  volatile uint32_t *at = &EN_REGISTER(en_kept_start + offset);
  ALLOWED = WRITING;
  for (size_t i = 0; i < count; i += 4) {
    *at++ = bytes[i] | (uint32_t)bytes[i + 1] << 8 | (uint32_t)bytes[i + 2] << 16 | (uint32_t)bytes[i + 3] << 24;
    finish();
  }
  ALLOWED = READING;
  return true;
}

void en_flash_open(en_board *board) {
  board->flash = en_kept_start;
  board->flash_bytes = (size_t)(en_kept_end - en_kept_start);
  board->erase_bytes = PAGE_BYTES;
  board->write_bytes = WRITE_BYTES;
  board->erase = erase;
  board->program = program;
}
