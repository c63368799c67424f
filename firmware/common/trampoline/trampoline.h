/* wasm3's ops without tail calls, for processors for which gcc makes none (Thumb-1, Xtensa): each op would call the next, and the
   C stack grow by all of them. Here an op says where to go on and returns, and a loop goes there. Read before m3_compile.c (the
   ops) and m3_env.c (their start); wasm3's files stay as they are. */
#ifndef EN_TRAMPOLINE_H
#define EN_TRAMPOLINE_H

#include "m3_exec_defs.h"

#if d_m3HasFloat
#error "an op's floating-point register is not passed on"
#endif

/* What an op returns instead of calling the next: no address of a trap's text, none of a loop. */
#define EN_GO_ON ((m3ret_t)1)

typedef struct en_trampoline {
  pc_t pc;
  M3MemoryHeader *mem;
  m3reg_t r0;
} en_trampoline;

/* Where to go on. Read at once after it is written, so one is enough for all loops. */
extern en_trampoline en_trampoline_next;

/* Runs ops from `pc` until one returns something else than EN_GO_ON. No op changes `sp` for the one after it. */
m3ret_t en_trampoline_run(pc_t pc, m3stack_t sp, M3MemoryHeader *mem, m3reg_t r0);

static inline m3ret_t en_go_on(pc_t pc, M3MemoryHeader *mem, m3reg_t r0) {
  en_trampoline_next.pc = pc;
  en_trampoline_next.mem = mem;
  en_trampoline_next.r0 = r0;
  return EN_GO_ON;
}

#undef nextOpImpl
#undef jumpOpImpl
#undef nextOpDirect
#undef jumpOpDirect
/* In the middle of an op (a function's entry, a loop), and in the functions that ops call: run until the result is there. The
   names of ops, and only those, begin with op_. */
#define nextOpImpl() en_trampoline_run(_pc, _sp, _mem, _r0)
#define nextOpDirect() return __func__[0] == 'o' ? en_go_on(_pc, _mem, _r0) : nextOpImpl()
#define jumpOpDirect(PC) return en_go_on((pc_t)(PC), _mem, _r0)
#define RunCode en_trampoline_run

#endif
