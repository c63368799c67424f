/* ARM's MPS2 boards (AN385, AN386, AN500): CMSDK UART 0 and watchdog, Cortex-M System Design Kit TRM, 4.3 and 4.4. Models are kept in
   RAM: their memories are all RAM, loaded by a host. */
#ifndef EN_MPS2_H
#define EN_MPS2_H

#include "board.h"

enum { EN_MPS2_HERTZ = 25000000 };

/* Sets the link, the clock, the watchdog, the reset and the RAM that the core wants. */
void en_mps2_open(en_board *);

#endif
