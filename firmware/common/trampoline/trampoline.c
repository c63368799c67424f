#include "trampoline.h"

en_trampoline en_trampoline_next;

m3ret_t en_trampoline_run(pc_t pc, m3stack_t sp, M3MemoryHeader *mem, m3reg_t r0) {
  for (;;) {
    m3ret_t result = ((IM3Operation)*pc)(pc + 1, sp, mem, r0);
    if (result != EN_GO_ON) return result;
    pc = en_trampoline_next.pc;
    mem = en_trampoline_next.mem;
    r0 = en_trampoline_next.r0;
  }
}
