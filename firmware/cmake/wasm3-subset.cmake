# wasm3's compiler without the instructions that no module may have (host/spec/subset.ts): the check of a model refuses them before
# wasm3 sees a byte, so their code would only take flash, about 13 KB of it. Its table of operations holds the others in a row,
# beside their opcodes, instead of an entry for each of 197: 4.5 KB less. Likewise what reads sections that no module has, and sets up
# what would stand in them: 1.3 KB. Nothing else of the files changes.
if(NOT ENGRAM_GENERATED)
  set(ENGRAM_GENERATED ${CMAKE_CURRENT_LIST_DIR}/../../build/generated)
endif()
include(${ENGRAM_GENERATED}/subset.cmake)

# Writes m3_compile.c with a shorter table of operations to `out`.
function(write_subset_compiler source out)
  file(READ ${source} text)
  foreach(name ${wasm_instructions})
    string(REPLACE "M3OP( \"${name}\"" "KEPT( \"${name}\"" text "${text}")
  endforeach()
  string(REGEX REPLACE "\n    M3OP(_F)?\\( *\"[^\n]*\\)," "\n    M3OP_RESERVED," text "${text}")
  string(REGEX REPLACE "\n *\\[c_waOp_extended\\][^\n]*" "" text "${text}")
  list(LENGTH wasm_instructions wanted)
  string(REGEX MATCHALL "KEPT\\( \"" kept "${text}")
  list(LENGTH kept found)
  string(REPLACE "KEPT( \"" "M3OP( \"" text "${text}")
  string(REGEX REPLACE "\n *M3OP_RESERVED,[^\n]*" "" text "${text}")
  set(look_up "static const u8 c_opcodes [] = { ${wasm_opcodes} };

IM3OpInfo  GetOpInfo  (m3opcode_t opcode)
{
    for (u32 i = 0; i < M3_COUNT_OF (c_opcodes); i++) if (c_opcodes [i] == opcode) return & c_operations [i];
    return NULL;
}
")
  string(REGEX REPLACE "\nIM3OpInfo  GetOpInfo  [(]m3opcode_t opcode[)]\n{.*return NULL;\n}\n\nM3Result  CompileBlock" "\n${look_up}\nM3Result  CompileBlock"
         text "${text}")
  string(FIND "${text}" "c_opcodes [i]" changed)
  if(NOT found EQUAL wanted OR changed EQUAL -1)
    message(WARNING "wasm3's table of operations has another form than expected (${found} of ${wanted} found in ${source}): it stays whole")
    file(READ ${source} text)
  endif()
  file(CONFIGURE OUTPUT ${out} CONTENT "${text}" @ONLY)
endfunction()

# Writes m3_parse.c without the sections that no module has to `out`.
function(write_subset_parser source out)
  file(READ ${source} text)
  string(REGEX REPLACE "\n        ParseSection_(Custom|Memory|Global|Start|Element|Data)," "\n        NULL," text "${text}")
  file(CONFIGURE OUTPUT ${out} CONTENT "${text}" @ONLY)
endfunction()

# Writes m3_env.c without the set-up of globals, data and elements to `out`.
function(write_subset_environment source out)
  file(READ ${source} text)
  string(REGEX REPLACE "\n_   \\((InitGlobals|InitDataSegments|InitElements) [^\n]*" "" text "${text}")
  file(CONFIGURE OUTPUT ${out} CONTENT "${text}" @ONLY)
endfunction()
