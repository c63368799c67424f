/* MPS2, application note 500: Cortex-M7 at 25 MHz. */
#include "mps2.h"
#include "port.h"

const en_board *en_port_open(void) {
  static en_board board = {.name = "qemu-m7"};
  en_mps2_open(&board, &en_mps2_plain);
  return &board;
}
