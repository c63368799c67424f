/* Flash as the store wants it: any length, padded to write units, read back, and tried once more where it reads back wrong. */
#ifndef EN_FLASH_H
#define EN_FLASH_H

#include "board.h"
#include "errors.h"

/* Erases the units in [offset, offset + bytes). EN_FLASH if one does not read back erased. */
en_error en_flash_erase(const en_board *, size_t offset, size_t bytes);
/* Programs `first` then `second` (either may be empty) at `offset`, a multiple of the write unit, and the rest of the last
   unit with FF. EN_FLASH if it reads back otherwise. */
en_error en_flash_write(const en_board *, size_t offset, const void *first, size_t first_bytes, const void *second,
                        size_t second_bytes);
bool en_flash_erased(const en_board *, size_t offset, size_t bytes);
/* `bytes` rounded up to write units. */
size_t en_flash_units(const en_board *, size_t bytes);

#endif
