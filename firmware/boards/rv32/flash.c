/* Two Intel-type parallel flash chips (CFI command set 1), 16 bits each, side by side on 32: every command goes to both, and a
   unit of erasing has half in each. JEDEC JESD68.01 and Intel's Common Flash Interface, command set 0001h. */
#include "rv32.h"

enum { FLASH = 0x22000000, UNIT_BYTES = 256 * 1024, UNITS = 4, WRITE_BYTES = 64 };

/* For both chips. */
#define BOTH(half) ((half) * 0x00010001u)
#define ERASE BOTH(0x20)
#define ERASE_CONFIRM BOTH(0xD0)
#define PROGRAM BOTH(0x40)
#define CLEAR_STATE BOTH(0x50)
#define READ_ARRAY BOTH(0xFF)
#define READY BOTH(0x80)
#define FAILED BOTH(0x3A) /* erase, program, voltage, lock */

static volatile uint32_t *cell(size_t offset) { return (volatile uint32_t *)(uintptr_t)(FLASH + offset); }

/* After an operation, which leaves the chips telling their state: whether it went well. */
static bool went_well(volatile uint32_t *at) {
  uint32_t state;
  do state = *at;
  while ((state & READY) != READY);
  return !(state & FAILED);
}

static void make_readable(volatile uint32_t *at) {
  *at = CLEAR_STATE;
  *at = READ_ARRAY;
}

static bool erase(size_t offset) {
  volatile uint32_t *at = cell(offset);
  *at = ERASE;
  *at = ERASE_CONFIRM;
  bool well = went_well(at);
  make_readable(at);
  return well;
}

static uint32_t word_at(const uint8_t *bytes) {
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* QEMU's chips take any value over any other; real ones only clear bits. So what would set one is refused here. */
static bool program(size_t offset, const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i += 4) {
    if (word_at(bytes + i) & ~*cell(offset + i)) return false;
  }
  bool well = true;
  for (size_t i = 0; well && i < count; i += 4) {
    volatile uint32_t *at = cell(offset + i);
    *at = PROGRAM;
    *at = word_at(bytes + i);
    well = went_well(at);
  }
  make_readable(cell(offset));
  return well;
}

void en_flash_open(en_board *board) {
  board->flash = (const uint8_t *)(uintptr_t)FLASH;
  board->flash_bytes = UNITS * UNIT_BYTES;
  board->erase_bytes = UNIT_BYTES;
  board->write_bytes = WRITE_BYTES;
  board->erase = erase;
  board->program = program;
}
