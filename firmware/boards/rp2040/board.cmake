# Raspberry Pi Pico: RP2040, Cortex-M0+ at 125 MHz with 264 KB of RAM and 2 MB of flash that it executes from.
set(board_cpu cortex-m0plus)
set(board_kernels arm-m0)
set(board_tail_calls OFF)
include(${common_dir}/cortex-m/cortex-m.cmake)
list(APPEND board_includes ${board_dir})
foreach(source boot2.S port.c clock-tree.c clock.c link.c uart.c usb.c usb-descriptors.c flash.c pins.c microphone.c pdm.c)
  list(APPEND board_sources ${board_dir}/${source})
endforeach()
set_source_files_properties(${board_dir}/pdm.c PROPERTIES COMPILE_OPTIONS -O2)
# Besides the ELF file the bytes of flash from 0x10000000 on; the host makes the UF2 file of them (host/boards/rp2040).
function(board_finish target)
  string(REPLACE gcc objcopy objcopy ${CMAKE_C_COMPILER})
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND ${objcopy} -O binary $<TARGET_FILE:${target}> ${CMAKE_CURRENT_BINARY_DIR}/engram.bin)
endfunction()
