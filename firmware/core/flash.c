#include "flash.h"

#include <string.h>

enum { LARGEST_UNIT = 256 };

size_t en_flash_units(const en_board *board, size_t bytes) {
  return (bytes + board->write_bytes - 1) / board->write_bytes * board->write_bytes;
}

bool en_flash_erased(const en_board *board, size_t offset, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) {
    if (board->flash[offset + i] != 0xFF) return false;
  }
  return true;
}

static bool erase_unit(const en_board *board, size_t at) {
  return board->erase(at) && en_flash_erased(board, at, board->erase_bytes);
}

static bool program_unit(const en_board *board, size_t at, const uint8_t *unit) {
  return board->program(at, unit, board->write_bytes) && memcmp(board->flash + at, unit, board->write_bytes) == 0;
}

en_error en_flash_erase(const en_board *board, size_t offset, size_t bytes) {
  for (size_t at = offset; at < offset + bytes; at += board->erase_bytes) {
    if (!erase_unit(board, at) && !erase_unit(board, at)) return EN_FLASH;
  }
  return EN_OK;
}

en_error en_flash_write(const en_board *board, size_t offset, const void *first, size_t first_bytes, const void *second,
                        size_t second_bytes) {
  uint8_t unit[LARGEST_UNIT] __attribute__((aligned(8)));
  size_t total = first_bytes + second_bytes;
  for (size_t at = 0; at < total; at += board->write_bytes) {
    memset(unit, 0xFF, sizeof unit);
    for (size_t i = 0; i < board->write_bytes && at + i < total; i++) {
      size_t from = at + i;
      unit[i] = from < first_bytes ? ((const uint8_t *)first)[from] : ((const uint8_t *)second)[from - first_bytes];
    }
    if (!program_unit(board, offset + at, unit) && !program_unit(board, offset + at, unit)) return EN_FLASH;
  }
  return EN_OK;
}
