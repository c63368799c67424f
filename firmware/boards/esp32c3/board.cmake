# ESP32-C3: RISC-V RV32IMC at 160 MHz, booted directly from flash.
set(board_kernels portable)
set(board_toolchain riscv64-unknown-elf)
# As for rv32, so that core, kernels and wasm3 are the same code, byte for byte (test/boards/esp32c3.test.ts).
set(board_cpu -march=rv32imc -misa-spec=2.2 -mabi=ilp32 -mcmodel=medany)
set(board_compile_options ${board_cpu})
set(board_link_options ${board_cpu} -L${board_dir} -T${board_dir}/memory.ld)
set(board_linker_scripts ${board_dir}/memory.ld ${board_dir}/rom.ld)
set(board_includes ${common_dir} ${board_dir})
set(board_sources ${common_dir}/run.c ${common_dir}/begin.c)
foreach(source start.S port.c clock.c watchdog.c uart.c usb.c link.c flash.c pins.c i2s-clock.c sound-ring.c microphone.c)
  list(APPEND board_sources ${board_dir}/${source})
endforeach()

# What is written to flash from address 0 on.
function(board_finish target)
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND riscv64-unknown-elf-objcopy -O binary $<TARGET_FILE:${target}> ${CMAKE_CURRENT_BINARY_DIR}/engram.bin
    BYPRODUCTS ${CMAKE_CURRENT_BINARY_DIR}/engram.bin)
endfunction()
