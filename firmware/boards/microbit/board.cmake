# BBC micro:bit, version 1: nRF51822, a Cortex-M0 at 16 MHz with 16 KB of RAM and 256 KB of flash.
set(board_cpu cortex-m0)
set(board_kernels arm-m0)
set(board_tail_calls OFF)
include(${common_dir}/cortex-m/cortex-m.cmake)
list(APPEND board_includes ${board_dir})
list(APPEND board_sources ${board_dir}/port.c ${board_dir}/clock.c ${board_dir}/link.c ${board_dir}/flash.c
  ${board_dir}/pins.c ${board_dir}/microphone.c)
