# wasm3 as a static library, from the npm package react-native-webassembly (wasm3 0.5.0 of 12 November 2022, commit a0f4ec9),
# or from another source tree. Its licence: third-party-licenses/wasm3.txt.
set(ENGRAM_WASM3_DIR "" CACHE PATH "Folder with wasm3's C files; empty: the copy that npm installed or that the package carries")
if(NOT ENGRAM_WASM3_DIR)
  foreach(folder ../node_modules/react-native-webassembly/cpp ../build/wasm3)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/wasm3.h)
      set(wasm3_dir ${CMAKE_CURRENT_SOURCE_DIR}/${folder})
      break()
    endif()
  endforeach()
else()
  set(wasm3_dir ${ENGRAM_WASM3_DIR})
endif()
if(NOT wasm3_dir OR NOT EXISTS ${wasm3_dir}/wasm3.h)
  message(FATAL_ERROR "wasm3's sources are missing: run `npm install`, or give -DENGRAM_WASM3_DIR=FOLDER")
endif()

include(${CMAKE_CURRENT_LIST_DIR}/wasm3-subset.cmake)
write_subset_compiler(${wasm3_dir}/m3_compile.c ${CMAKE_CURRENT_BINARY_DIR}/m3_compile.c)
write_subset_parser(${wasm3_dir}/m3_parse.c ${CMAKE_CURRENT_BINARY_DIR}/m3_parse.c)
write_subset_environment(${wasm3_dir}/m3_env.c ${CMAKE_CURRENT_BINARY_DIR}/m3_env.c)
set(wasm3_sources ${CMAKE_CURRENT_BINARY_DIR}/m3_compile.c ${CMAKE_CURRENT_BINARY_DIR}/m3_parse.c ${CMAKE_CURRENT_BINARY_DIR}/m3_env.c)
foreach(part bind code core exec function info module)
  list(APPEND wasm3_sources ${wasm3_dir}/m3_${part}.c)
endforeach()
add_library(wasm3 STATIC ${wasm3_sources})
target_include_directories(wasm3 SYSTEM PUBLIC ${wasm3_dir})
set_target_properties(wasm3 PROPERTIES C_STANDARD 11 C_EXTENSIONS ON)

# What its headers are read with must be the same for wasm3 and for the engine: sizes of structs hang on it.
target_compile_definitions(wasm3 PUBLIC
  d_m3HasFloat=0                   # cells have no floats: 15 KB less code
  d_m3VerboseErrorMessages=0       # results are compared by address, so their texts are never shown
  d_m3CascadedOpcodes=0            # two-byte opcodes have a table of 3 KB, and no cell uses them
  d_m3MaxFunctionStackHeight=64    # operands of a function; the subset's check allows fewer
  d_m3MaxConstantTableSize=32      # constants of a function kept in slots; more are compiled in place
  d_m3CodePageAlignSize=512        # a compiled cell takes a few hundred bytes: pages of 32 KB would waste a board's RAM
  # Not d_m3PreferStaticAlloc: it keeps 1.1 KB for initial values of globals, data and elements, which no module has.
)
target_compile_definitions(wasm3 PRIVATE
  NDEBUG                           # its asserts test its own invariants, with texts
)
# Its memory comes from the board's block (core/heap.h), counted and bounded. Not under sanitizers: those watch the edges of the
# C library's blocks.
if(NOT ENGRAM_SANITIZE)
  target_compile_definitions(wasm3 PRIVATE calloc=en_heap_calloc realloc=en_heap_realloc free=en_heap_free)
endif()
# Its interpreter goes from op to op by tail calls, which no compiler makes below -O2 or -Os: without them the C stack grows
# with every op. So wasm3 is optimized whatever the build type is: on a chip for size, which costs a step few instructions.
set(wasm3_optimize -O2)
if(board_toolchain)
  set(wasm3_optimize -Os)
endif()
target_compile_options(wasm3 PRIVATE ${wasm3_optimize} -w) # -w: its warnings are not ours to fix
# Seen whole, it loses what nobody calls from outside: 1.7 KB on a Cortex-M4.
if(board_toolchain STREQUAL arm-none-eabi AND NOT DEFINED board_tail_calls)
  target_compile_options(wasm3 PRIVATE -flto)
endif()
# For some processors gcc makes no tail calls at all: their board.cmake sets board_tail_calls to OFF.
if(DEFINED board_tail_calls AND NOT board_tail_calls)
  set(trampoline ${CMAKE_CURRENT_LIST_DIR}/../common/trampoline/trampoline)
  target_sources(wasm3 PRIVATE ${trampoline}.c)
  set(wasm3_ops ${wasm3_sources})
  list(FILTER wasm3_ops INCLUDE REGEX "m3_(compile|env)\\.c$")
  set_source_files_properties(${wasm3_ops} PROPERTIES COMPILE_OPTIONS "-include;${trampoline}.h" OBJECT_DEPENDS ${trampoline}.h)
endif()
