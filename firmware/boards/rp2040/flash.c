/* The flash chip that the firmware runs from, by the boot ROM's functions (RP2040 datasheet 2.8.3.1.3). Nobody may read flash while
   they work, some 45 ms for 4 KB and 0.4 ms for a page (W25Q16JV data sheet, 9.6): interrupts are off, and the code that calls them
   is in RAM. */
#include <string.h>

#include "rp2040.h"

enum { SECTOR_BYTES = 4096, PAGE_BYTES = 256, BLOCK_BYTES = 65536, ERASE_BLOCK = 0xD8 /* for lengths that have whole blocks: none */ };
enum { FLASH_START = 0x10000000, BOOT2_WORDS = 64 };

/* The ROM's functions are found by two letters (2.8.3). */
#define ROM_CODE(a, b) ((uint32_t)(a) | (uint32_t)(b) << 8)
typedef void *(*find_in_table)(const uint16_t *table, uint32_t code);

typedef struct rom {
  void (*connect_internal_flash)(void), (*flash_exit_xip)(void), (*flash_flush_cache)(void);
  void (*flash_range_erase)(uint32_t offset, size_t count, uint32_t block_bytes, uint8_t block_command);
  void (*flash_range_program)(uint32_t offset, const uint8_t *bytes, size_t count);
  void (*boot2)(void); /* not of the ROM, but wanted at the same time: flash can be read again */
} rom;

extern const uint8_t en_boot2[], en_kept_start[], en_kept_end[];
extern const uint16_t en_rom_addresses[]; /* of a table of functions, of one of data, of what finds in them */
static rom functions;
static uint32_t boot2[BOOT2_WORDS];
static uint8_t page[PAGE_BYTES];

/* `bytes` NULL: a sector is erased. Calls nothing in flash. */
__attribute__((section(".in_ram"), noinline, long_call)) static void change(const rom *rom, uint32_t offset, const uint8_t *bytes) {
  uint32_t masked;
  __asm__ volatile("mrs %0, primask\n cpsid i" : "=r"(masked)::"memory");
  rom->connect_internal_flash();
  rom->flash_exit_xip();
  if (bytes) rom->flash_range_program(offset, bytes, PAGE_BYTES);
  else rom->flash_range_erase(offset, SECTOR_BYTES, BLOCK_BYTES, ERASE_BLOCK);
  rom->flash_flush_cache();
  rom->boot2();
  __asm__ volatile("msr primask, %0" ::"r"(masked) : "memory");
}

static uint32_t place(size_t offset) { return (uint32_t)(uintptr_t)(en_kept_start + offset) - FLASH_START; }

static bool erase(size_t offset) {
  change(&functions, place(offset), NULL);
  return true;
}

static bool program(size_t offset, const uint8_t *bytes, size_t count) {
  for (size_t at = 0; at < count; at += PAGE_BYTES) {
    memcpy(page, bytes + at, PAGE_BYTES); /* they may be in flash */
    change(&functions, place(offset + at), page);
  }
  return true;
}

void en_flash_open(en_board *board) {
  const find_in_table find = (find_in_table)(uintptr_t)en_rom_addresses[2];
  const uint16_t *table = (const uint16_t *)(uintptr_t)en_rom_addresses[0];
  functions.connect_internal_flash = find(table, ROM_CODE('I', 'F'));
  functions.flash_exit_xip = find(table, ROM_CODE('E', 'X'));
  functions.flash_range_erase = find(table, ROM_CODE('R', 'E'));
  functions.flash_range_program = find(table, ROM_CODE('R', 'P'));
  functions.flash_flush_cache = find(table, ROM_CODE('F', 'C'));
  memcpy(boot2, en_boot2, sizeof boot2);
  functions.boot2 = (void (*)(void))((uintptr_t)boot2 | 1); /* Thumb */
  board->flash = en_kept_start;
  board->flash_bytes = (size_t)(en_kept_end - en_kept_start);
  board->erase_bytes = SECTOR_BYTES;
  board->write_bytes = PAGE_BYTES;
  board->erase = erase;
  board->program = program;
}
