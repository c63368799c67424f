/* MPS3, application note 547: Cortex-M55 at 32 MHz, started in the secure state, so devices are at their secure addresses. */
#include "mps2.h"
#include "port.h"

const en_board *en_port_open(void) {
  static const en_mps2 facts = {.uart = 0x59303000, .interrupt = 33, .hertz = 32000000};
  static en_board board = {.name = "qemu-m55"};
  en_mps2_open(&board, &facts);
  return &board;
}
