# Writes the C files of wasm3 that wasm3-subset.cmake shortens to a folder: cmake -DWASM3=FOLDER -DOUT=FOLDER -P write-subset.cmake
cmake_minimum_required(VERSION 3.20)
include(${CMAKE_CURRENT_LIST_DIR}/wasm3-subset.cmake)
write_subset_compiler(${WASM3}/m3_compile.c ${OUT}/m3_compile.c)
write_subset_parser(${WASM3}/m3_parse.c ${OUT}/m3_parse.c)
write_subset_environment(${WASM3}/m3_env.c ${OUT}/m3_env.c)
