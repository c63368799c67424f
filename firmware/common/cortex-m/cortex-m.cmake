# For a Cortex-M's board.cmake, after it has set `board_cpu`.
set(board_toolchain arm-none-eabi)
set(board_compile_options -mcpu=${board_cpu} -mthumb -mfloat-abi=soft)
set(board_link_options -mcpu=${board_cpu} -mthumb -mfloat-abi=soft -L${board_dir} -T${board_dir}/memory.ld -T${common_dir}/cortex-m/sections.ld)
set(board_linker_scripts ${board_dir}/memory.ld ${common_dir}/cortex-m/sections.ld)
set(board_includes ${common_dir} ${common_dir}/cortex-m)
set(board_sources ${common_dir}/run.c ${common_dir}/cortex-m/memory.S ${common_dir}/cortex-m/start.c ${common_dir}/cortex-m/clock.c)
