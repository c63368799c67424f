# MPS3 with application note 547: a Cortex-M55 with Helium.
set(board_cpu cortex-m55)
set(board_kernels arm-mve)
set(ops_optimize -O3)
include(${common_dir}/mps2/mps2.cmake)
