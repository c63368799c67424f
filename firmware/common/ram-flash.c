#include "ram-flash.h"

#include <string.h>

enum { ERASE_BYTES = 1024, WRITE_BYTES = 8 };

static uint8_t *flash;

static bool erase(size_t offset) {
  memset(flash + offset, 0xFF, ERASE_BYTES);
  return true;
}

static bool program(size_t offset, const uint8_t *bytes, size_t count) {
  memcpy(flash + offset, bytes, count);
  return true;
}

void en_ram_flash_open(en_board *board, uint8_t *memory, size_t bytes) {
  flash = memory;
  board->flash = memory;
  board->flash_bytes = bytes;
  board->erase_bytes = ERASE_BYTES;
  board->write_bytes = WRITE_BYTES;
  board->erase = erase;
  board->program = program;
  board->forgets = true;
}
