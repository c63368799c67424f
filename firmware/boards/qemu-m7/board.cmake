# MPS2 with application note 500: a Cortex-M7.
set(board_cpu cortex-m7)
set(board_kernels arm-dsp)
include(${common_dir}/mps2/mps2.cmake)
