# STM32F405: a Cortex-M4 at 160 MHz; in QEMU the Netduino Plus 2.
set(board_cpu cortex-m4)
set(board_kernels arm-dsp)
include(${common_dir}/cortex-m/cortex-m.cmake)
list(APPEND board_compile_options -DEN_BOARD_NAME="stm32f405" -DEN_MODEL_BYTES=6144 -DEN_HEAP_BYTES=8192)
list(APPEND board_sources ${common_dir}/ram-flash.c ${board_dir}/port.c ${board_dir}/clock-tree.c ${board_dir}/pins.c
  ${board_dir}/microphone.c ${board_dir}/flash.c)
