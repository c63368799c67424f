# A Linux or macOS process.
set(board_kernels portable)
file(GLOB board_sources CONFIGURE_DEPENDS ${board_dir}/*.c)
function(board_finish target)
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE _DARWIN_C_SOURCE)
endfunction()
