# MPS3 with application note 547: a Cortex-M55 with Helium.
set(board_cpu cortex-m55)
set(board_kernels arm-mve)
include(${common_dir}/mps2/mps2.cmake)
