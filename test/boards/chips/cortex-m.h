/* In place of common/cortex-m/cortex-m.h: a chip's registers are cells of a table, and a test is told before each is touched. */
#ifndef EN_CORTEX_M_H
#define EN_CORTEX_M_H

#include "board.h"

volatile uint32_t *chip_register(uintptr_t address);
#define EN_REGISTER(address) (*chip_register((uintptr_t)(address)))
void en_cortex_enable(unsigned number);

#endif
