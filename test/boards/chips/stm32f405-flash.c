/* firmware/boards/stm32f405-chip/flash.c on a flash controller as RM0090 describes it in sections 3.6 and 3.9: keys, sectors, a cache that must be
   off to be reset, and errors. */
#include "chip.h"

#include "../../../firmware/boards/stm32f405-chip/flash.c"

enum { KEPT_BYTES = 6 * SECTOR_BYTES, ACR = 0x40023C00, KEYR = 0x40023C04, SR = 0x40023C0C, CR = 0x40023C10 };

static uint8_t *kept;
static uint32_t fault; /* what erasing ends with */
static int keys, caches_reset;
static bool locked;

/* What the last access has started. */
static void work(void) {
  volatile uint32_t *key = cell(KEYR), *control = cell(CR), *access = cell(ACR);
  if (*cell(SR) == (ERRORS | DONE)) *cell(SR) = 0; /* a 1 clears */
  if (*key == 0x45670123 && keys == 0) keys = 1;
  if (*key == 0xCDEF89AB && keys == 1) {
    keys = 0;
    locked = false;
    *control &= ~LOCKED;
  }
  CHECK(!locked || *control == LOCKED); /* it takes nothing */
  locked = *control & LOCKED;
  *key = 0;
  if (*access & 1 << 12) {
    CHECK(!(*access & 1 << 10));
    caches_reset++;
  }
  if (*control & START) {
    CHECK(!(*control & LOCKED) && (*control & 0x303) == 0x202);
    const uint32_t sector = *control >> 3 & 15;
    CHECK(sector >= 6 && sector < 12);
    if (!fault) memset(kept + (sector - 6) * SECTOR_BYTES, 0xFF, SECTOR_BYTES);
    *control &= ~(uint32_t)START;
    *cell(SR) = fault;
  }
}

volatile uint32_t *chip_register(uintptr_t address) {
  const uintptr_t first = (uintptr_t)kept;
  if (address >= first && address < first + KEPT_BYTES) {
    CHECK(!(*cell(CR) & LOCKED) && (*cell(CR) & 0x303) == 0x201);
    return (volatile uint32_t *)address;
  }
  work();
  return cell(address);
}

static int is(size_t from, size_t to, uint8_t value) {
  while (from < to && kept[from] == value) from++;
  return from == to;
}

int main(void) {
  en_board board = {0};
  kept = (uint8_t *)(uintptr_t)en_kept_start;
  en_flash_open(&board);
  CHECK(board.flash == kept && board.erase_bytes == SECTOR_BYTES && board.write_bytes == 8);
  *cell(CR) = LOCKED;
  *cell(ACR) = 0x705;
  CHECK(board.erase(2 * SECTOR_BYTES));
  CHECK(is(0, 2 * SECTOR_BYTES, 0) && is(2 * SECTOR_BYTES, 3 * SECTOR_BYTES, 0xFF) && is(3 * SECTOR_BYTES, KEPT_BYTES, 0));
  CHECK(*cell(CR) == LOCKED && *cell(ACR) == 0x705 && caches_reset == 1);
  const uint8_t bytes[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  CHECK(board.program(2 * SECTOR_BYTES + 24, bytes, sizeof bytes));
  CHECK(memcmp(kept + 2 * SECTOR_BYTES + 24, bytes, sizeof bytes) == 0);
  CHECK(is(2 * SECTOR_BYTES, 2 * SECTOR_BYTES + 24, 0xFF) && is(2 * SECTOR_BYTES + 40, 3 * SECTOR_BYTES, 0xFF));
  CHECK(*cell(CR) == LOCKED && *cell(ACR) == 0x705 && caches_reset == 2);
  CHECK(board.erase(5 * SECTOR_BYTES) && is(5 * SECTOR_BYTES, KEPT_BYTES, 0xFF));
  fault = 1 << 4; /* write protection */
  CHECK(!board.erase(0) && is(0, SECTOR_BYTES, 0) && *cell(CR) == LOCKED);
}
