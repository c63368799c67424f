# QEMU's xtensa `sim` machine with the core of the ESP8266.
set(board_kernels portable)
set(board_tail_calls OFF) # gcc 12 makes none for it
set(board_toolchain xtensa-lx106-elf)
set(board_compile_options -isystem ${common_dir}/freestanding)
set(board_link_options -T${board_dir}/sections.ld)
set(board_linker_scripts ${board_dir}/sections.ld)
set(board_includes ${common_dir})
set(board_sources ${common_dir}/run.c ${common_dir}/begin.c ${common_dir}/memcpy.c ${common_dir}/ram-flash.c ${common_dir}/freestanding/arithmetic.c ${common_dir}/freestanding/string.c
  ${board_dir}/start.S ${board_dir}/port.c)
function(board_finish target)
  target_link_libraries(${target} PRIVATE gcc) # shifts of 64 bits
endfunction()
