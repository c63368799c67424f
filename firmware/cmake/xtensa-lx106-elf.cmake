# Debian's gcc-xtensa-lx106, for which Debian has no C library: common/freestanding is what stands in.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR xtensa)
set(CMAKE_C_COMPILER xtensa-lx106-elf-gcc)
set(CMAKE_ASM_COMPILER xtensa-lx106-elf-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
# Size first; what must be fast says so itself (kernels, wasm3).
set(CMAKE_C_FLAGS_RELEASE "-Os -DNDEBUG" CACHE STRING "")
# -fbuiltin: freestanding, but memcpy and its like are what they are elsewhere.
set(CMAKE_C_FLAGS_INIT "-ffreestanding -fbuiltin -mtext-section-literals -ffunction-sections -fdata-sections -fno-common")
set(CMAKE_ASM_FLAGS_INIT "-mtext-section-literals")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostdlib -Wl,--gc-sections")
