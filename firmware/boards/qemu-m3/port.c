/* MPS2, application note 385: Cortex-M3 at 25 MHz. */
#include "mps2.h"
#include "port.h"

const en_board *en_port_open(void) {
  static en_board board = {.name = "qemu-m3"};
  en_mps2_open(&board, &en_mps2_plain);
  return &board;
}
