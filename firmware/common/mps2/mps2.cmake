# For the board.cmake of a board of ARM's MPS2 family, after it has set `board_cpu`.
include(${common_dir}/cortex-m/cortex-m.cmake)
list(APPEND board_includes ${common_dir}/mps2)
list(APPEND board_sources ${common_dir}/mps2/mps2.c ${common_dir}/ram-flash.c ${board_dir}/port.c)
