# From flash to RAM, and trap vectors. RISC-V Privileged Architecture 1.12: 3.7.1 PMP; ESP32-C3 TRM 1.5: mtvec is always vectored, aligned
# to 256 bytes.
  .section .start, "ax"
  .global en_start
en_start:                         # at 0x42000008, where the ROM jumps
  .option push
  .option norelax                 # gp itself cannot be reached from gp
  la gp, en_gp
  .option pop
  csrci mstatus, 8                # the ROM's interrupts end here
  lla t0, en_fixed_from
  lla t1, en_fixed_to
  lla t2, en_fixed_end
1:
  lw t3, 0(t0)
  sw t3, 0(t1)
  addi t0, t0, 4
  addi t1, t1, 4
  bltu t1, t2, 1b
  lla t0, en_vectors
  csrw mtvec, t0
  # What was copied can only be read on the data bus from here on; locked, so that it binds machine mode too. The stack lies above: what
  # outgrows it faults. Entry 0 is where it begins, entry 1 where it ends (TOR).
  lla t0, en_fixed_to
  srli t0, t0, 2
  csrw pmpaddr0, t0
  lla t0, en_fixed_end
  srli t0, t0, 2
  csrw pmpaddr1, t0
  li t0, 0x8900                   # entry 1: locked, top of range, read
  csrw pmpcfg0, t0
  lla sp, en_stack_top
  lla t0, en_begin
  jr t0

  .section .vectors, "ax"
  .option norvc                   # an entry is four bytes
  .balign 256
en_vectors:
  j fault
  j en_uart_interrupt             # 1
  j en_usb_interrupt              # 2
  j en_clock_interrupt            # 3
  .rept 28
  j fault
  .endr

  .option rvc
# A fault is a reset: the guard (core/guard.h) counts those that come in a model's first steps. The stack may be what faulted.
fault:
  lla sp, en_stack_top
  j en_port_reset

# An interrupt in here returns to the end (en_idle_ends), so that none is slept over. It need not be known whether a masked one ends wfi.
  .section .text.en_idle, "ax"
  .global en_idle, en_idle_begin, en_idle_end
en_idle:
en_idle_begin:
  lw t0, 0(a0)
  bnez t0, en_idle_end
  wfi
en_idle_end:
  ret
