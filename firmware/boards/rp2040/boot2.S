/* The second stage of booting: 252 bytes that the boot ROM copies from flash into RAM and runs, after their CRC in the last word has
   proved right (RP2040 datasheet 2.8.1.3.1). They have the SSI read flash by "fast read dual I/O" (BBh) in continuous mode: from
   then on a read needs no command, only the address and its mode bits, two bits a clock. The W25Q16JV of a Pico knows it (Winbond,
   section 8.2.10), as most others do, and unlike quad reads it needs no bit set in the flash chip for good.
   From the ROM lr is 0, and the firmware follows; flash.c calls a copy of this to read flash again after it has written, and gets
   back. Registers: datasheet 4.10.13; 2.4.8 for VTOR. */
 .syntax unified
 .thumb
 .cpu cortex-m0plus
 .section .boot2, "ax"

 .equ SSI, 0x18000000
 .equ CTRLR0, 0x00
 .equ CTRLR1, 0x04
 .equ SSIENR, 0x08
 .equ BAUDR, 0x14
 .equ SR, 0x28
 .equ DR0, 0x60
 .equ RX_SAMPLE_DLY, 0xF0
 .equ SPI_CTRLR0, 0xF4
 .equ VTOR, 0xE000ED08
 .equ FIRMWARE, 0x10000100

 .equ RECEIVED, 1 << 3
 .equ DIVISOR, 2 @ 62.5 MHz at 125; sampled a clock later, as its way to the chip and back takes
 .equ DUAL_READ, 0xBB
 .equ CONTINUOUS, 0xA0 @ mode bits M5-4 are 10: no command comes next time
 .equ DUAL_32_BIT_READ, 1 << 21 | 31 << 16 | 3 << 8 @ two lines, words of 32 bits, command and address out, then data in
 .equ ADDRESS_AND_MODE, 8 << 2 @ 32 bits, in units of 4
 .equ COMMAND_THEN_DUAL, 2 << 8 | ADDRESS_AND_MODE | 1 @ 8 bits of command on one line, the rest on two
 .equ ALL_DUAL, CONTINUOUS << 24 | 0 << 8 | ADDRESS_AND_MODE | 2 @ no command; the mode bits follow each address

begin:
 push {lr}
 ldr r3, =SSI
 movs r0, #0
 str r0, [r3, #SSIENR]
 movs r0, #DIVISOR
 str r0, [r3, #BAUDR]
 ldr r1, =SSI + RX_SAMPLE_DLY
 movs r0, #1
 str r0, [r1]
 ldr r0, =DUAL_32_BIT_READ
 str r0, [r3, #CTRLR0]
 movs r0, #0
 str r0, [r3, #CTRLR1] @ one word
 ldr r0, =COMMAND_THEN_DUAL
 str r0, [r1, #SPI_CTRLR0 - RX_SAMPLE_DLY]
 movs r2, #1
 str r2, [r3, #SSIENR]

 @ One read with the command; the word that comes is of no use.
 movs r0, #DUAL_READ
 str r0, [r3, #DR0]
 movs r0, #CONTINUOUS
 str r0, [r3, #DR0]
1:
 ldr r0, [r3, #SR]
 lsrs r0, #4 @ RECEIVED to carry
 bcc 1b

 movs r0, #0
 str r0, [r3, #SSIENR] @ also empties what was received
 ldr r0, =ALL_DUAL
 str r0, [r1, #SPI_CTRLR0 - RX_SAMPLE_DLY]
 str r2, [r3, #SSIENR]

 pop {r0}
 cmp r0, #0
 beq 2f
 bx r0
2:
 ldr r0, =FIRMWARE
 ldr r1, =VTOR
 str r0, [r1]
 ldm r0!, {r1, r2}
 msr msp, r1
 bx r2
 .ltorg

 .org 252
 .word 0x4B744830 @ CRC-32 of the 252 bytes before: polynomial 04C11DB7, from FFFFFFFF on, nothing reflected; test/boards/rp2040.test.ts says it
