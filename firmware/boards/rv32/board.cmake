# QEMU's riscv32 virt machine, as an RV32IMC without an operating system: machine mode only.
set(board_kernels portable)
set(board_toolchain riscv64-unknown-elf)
# misa-spec 2.2 has the CSR instructions in I; naming them as an extension makes this gcc take a 64-bit libgcc.
set(board_cpu -march=rv32imc -misa-spec=2.2 -mabi=ilp32 -mcmodel=medany)
set(board_compile_options ${board_cpu})
set(board_link_options ${board_cpu} -T${board_dir}/sections.ld)
set(board_linker_scripts ${board_dir}/sections.ld)
set(board_includes ${common_dir} ${board_dir})
set(board_sources ${common_dir}/run.c ${common_dir}/begin.c ${board_dir}/start.S ${board_dir}/port.c ${board_dir}/clock.c ${board_dir}/flash.c)
