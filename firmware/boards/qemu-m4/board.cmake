# MPS2 with application note 386: a Cortex-M4.
set(board_cpu cortex-m4)
set(board_kernels arm-dsp)
include(${common_dir}/mps2/mps2.cmake)
