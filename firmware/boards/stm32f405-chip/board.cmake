# A real STM32F405: what stm32f405 is, but models are in the chip's own flash, and RAM is free for larger ones.
set(board_cpu cortex-m4)
set(board_kernels arm-dsp)
include(${common_dir}/cortex-m/cortex-m.cmake)
set(chip_dir ${board_dir}/../stm32f405)
list(APPEND board_includes ${chip_dir})
list(APPEND board_compile_options -DEN_BOARD_NAME="stm32f405-chip" -DEN_MODEL_BYTES=49152 -DEN_HEAP_BYTES=24576)
list(APPEND board_sources ${chip_dir}/port.c ${chip_dir}/clock-tree.c ${chip_dir}/pins.c ${chip_dir}/microphone.c ${board_dir}/flash.c)
