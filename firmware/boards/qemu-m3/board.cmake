# MPS2 with application note 385: a Cortex-M3.
set(board_cpu cortex-m3)
set(board_kernels portable)
include(${common_dir}/mps2/mps2.cmake)
