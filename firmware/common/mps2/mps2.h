/* ARM's MPS2 and MPS3 boards: CMSDK UART 0 and watchdog, Cortex-M System Design Kit TRM, 4.3 and 4.4. Models are kept in RAM: their
   memories are all RAM, loaded by a host. */
#ifndef EN_MPS2_H
#define EN_MPS2_H

#include "board.h"

/* What differs between them. */
typedef struct en_mps2 {
  uint32_t uart;      /* address of UART 0 */
  unsigned interrupt; /* of its receiver */
  uint32_t hertz;     /* of processor, SysTick and UART */
  uint32_t watchdog;  /* its address, 0: none */
} en_mps2;
enum { EN_MPS2_FLASH_BYTES = 512 * 1024 };

/* Sets the link, the clock, the watchdog, the reset and the RAM that the core wants. `facts` stays. */
void en_mps2_open(en_board *, const en_mps2 *facts);
/* AN385, AN386, AN500: 25 MHz, the UART at 0x40004000, the watchdog at 0x40008000. */
extern const en_mps2 en_mps2_plain;

#endif
