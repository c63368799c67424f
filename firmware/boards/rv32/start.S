# Reset and trap vectors. RISC-V Privileged Architecture 1.12: 3.1.7 mtvec, 3.7.1 PMP.
  .section .start, "ax"
  .global en_start
en_start:
  .option push
  .option norelax                 # gp itself cannot be reached from gp
  la gp, en_gp
  .option pop
  la sp, en_stack_top
  la t0, vectors + 1              # vectored: an interrupt goes to its own entry, an exception to the first
  csrw mtvec, t0
  # The page below the stack: no access, locked, so that it binds machine mode too. NAPOT of 4096 bytes.
  la t0, en_stack_guard
  srli t0, t0, 2
  ori t0, t0, 4096 / 8 - 1
  csrw pmpaddr0, t0
  li t0, 0x98
  csrw pmpcfg0, t0
  j en_begin

  .option norvc                   # an entry is four bytes
  .balign 64
vectors:
  j fault
  .rept 6
  j fault
  .endr
  j en_clock_interrupt            # 7: machine timer
  .rept 3
  j fault
  .endr
  j en_port_interrupt             # 11: machine external

  .option rvc
# A fault is a reset: the guard (core/guard.h) counts those that come in a model's first steps. The stack may be what faulted.
fault:
  la sp, en_stack_top
  j en_port_reset
