# MPS2 with application note 386: a Cortex-M4.
set(board_cpu cortex-m4)
set(board_kernels arm-dsp)
include(${common_dir}/mps2/mps2.cmake)
list(APPEND board_compile_options -DEN_CORTEX_EXTERNAL=32) # its image is to fit 64 KB
