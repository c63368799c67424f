/* QEMU cannot write the chip's flash, so models are kept in RAM: over a reset, not without power. */
#include "ram-flash.h"
#include "stm32f405.h"

enum { FLASH_BYTES = 104 * 1024 };

static uint8_t flash[FLASH_BYTES] __attribute__((section(".noinit.flash"), aligned(16)));

void en_flash_open(en_board *board) { en_ram_flash_open(board, flash, sizeof flash); }
