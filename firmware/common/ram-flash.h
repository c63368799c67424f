/* A stretch of RAM in place of flash: it survives resets, not loss of power, and the board says so (en_board.forgets). */
#ifndef EN_RAM_FLASH_H
#define EN_RAM_FLASH_H

#include "board.h"

/* Sets the board's flash. `bytes` of RAM at `memory`, aligned to 16 and not cleared at start-up. */
void en_ram_flash_open(en_board *, uint8_t *memory, size_t bytes);

#endif
