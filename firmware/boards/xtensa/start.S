# Reset and exceptions of the lx106 as QEMU configures it (target/xtensa/core-lx106): reset at 0x50000000, vectors at offsets from
# VECBASE. Xtensa Instruction Set Architecture Reference Manual, 4.4. The assembler puts literals at the begin of a section, so
# the section that begins with the reset vector has none.
  .section .start, "ax"
  .global en_start
en_start:
  j begin

# A fault is a reset: the guard (core/guard.h) counts those that come in a model's first steps. There are no interrupts.
  .balign 256
vectors:
  .org vectors + 0x10
  j en_start                      # debug
  .org vectors + 0x20
  j en_start                      # not maskable
  .org vectors + 0x30
  j en_start                      # kernel
  .org vectors + 0x50
  j en_start                      # user
  .org vectors + 0x70
  j en_start                      # double

  .section .text.begin, "ax"
  .balign 4
  .literal_position
begin:
  movi a2, 0
  wsr.intenable a2
  movi a2, vectors
  wsr.vecbase a2
  movi a2, 0x20                   # PS: user mode, no exception under way
  wsr.ps a2
  rsync
  movi sp, en_stack_top
  call0 en_begin
