/* Matrices by row: four rows at a time, a column in 15 instructions; then a row's sums to its result. docs/arithmetic.md defines the
   results. The products of sums and multipliers have 64 bits; from signed halves, s = 2^16 sH + sL and m = 2^16 mH + mL, they are

     s m = 2^32 sH mH + 2^16 (sH mL + sL mH) + sL mL       |sL|, |mL| ≤ 2^15, |sH| ≤ 2^15 − 2, 0 ≤ mH ≤ 2^15

   so that sH mL + sL mH is at most 2^31 − 2^16 in magnitude, sL mL at most 2^30. ASRS leaves the last bit that it drops as carry, and
   ADCS with it rounds half up. */
#include "thumb.inc"

 .equ UNROLLED, 8 @ columns in the loop over them

 @ Fields of the job (products.c).
 .equ ENTRY, 0
 .equ COLUMNS, 4
 .equ UH, 16
 .equ B, 32
 .equ Y, 40
 .equ BLOCKS, 44

 @ Sets the entry of the term at r0: columns mod 8 are done first. Changes r1 to r3.
 .macro set_entry
 ldr r1, [r0, #COLUMNS]
 negs r1, r1
 movs r2, #UNROLLED - 1
 ands r1, r2
 movs r2, #(columns_end - columns) / UNROLLED
 muls r1, r2
 ldr r2, =columns
 adds r1, r2
 str r1, [r0, #ENTRY]
 .endm

 @ A column of four rows. r2 runs from −columns up to 0, at the ends of the rows in r4 to r7; r3 + r2 is where the column's element of
 @ the vector lies, so both go on by 1.
 .macro column
 ldrsh r0, [r3, r2]
 ldrsb r1, [r4, r2]
 muls r1, r0
 add r8, r1
 ldrsb r1, [r5, r2]
 muls r1, r0
 add r9, r1
 ldrsb r1, [r6, r2]
 muls r1, r0
 add r10, r1
 ldrsb r1, [r7, r2]
 muls r1, r0
 add r11, r1
 adds r3, #1
 adds r2, #1
 .endm

 @ The sums of the next four rows of the term at r0, in r8 to r11. Changes r0 to r7.
 .thumb_func
 .type four_rows, %function
four_rows:
 ldmia r0!, {r1-r3} @ entry, columns, vector
 ldr r4, [r0] @ matrix
 adds r4, r4, r2
 adds r5, r4, r2
 adds r6, r5, r2
 adds r7, r6, r2
 str r7, [r0]
 adds r3, r3, r2
 negs r2, r2
 movs r0, #0
 mov r8, r0
 mov r9, r0
 mov r10, r0
 mov r11, r0
 mov pc, r1
columns:
 .rept UNROLLED
 column
 .endr
columns_end:
 bne columns
 bx lr
 .size four_rows, . - four_rows

 @ The parts of sum · m, sum in r0 and m in r1: r0 = sH mH, r2 = sH mL + sL mH, r3 = sL mL. Changes r1, r4.
 .macro parts
 sxth r2, r0
 subs r0, r0, r2
 asrs r0, r0, #16
 sxth r4, r1
 subs r1, r1, r4
 lsrs r1, r1, #16 @ 2^15 fits, since m is not negative
 movs r3, r2
 muls r3, r4
 muls r4, r0
 muls r2, r1
 muls r0, r1
 adds r2, r2, r4
 .endm

 @ Results of row \row of the block. r5: its b, which moves on; r6: bytes from b to m; r7: y of the block.
 .macro affine_row row, sum
 mov r0, \sum
 ldr r1, [r5, r6]
 parts
 asrs r3, r3, #16
 adds r2, r2, r3
 ldmia r5!, {r1}
 asrs r2, r2, #16
 adcs r0, r2
 adds r0, r0, r1
 saturate r0, r1
 strh r0, [r7, #2 * \row]
 .endm

/* void en_m0_affine_rows(en_rows_job *) */
function en_m0_affine_rows
 enter 4
 str r0, [sp]
 set_entry
affine_block:
 ldr r0, [sp]
 bl four_rows
 ldr r0, [sp]
 adds r0, #B
 ldmia r0!, {r5-r7}
 affine_row 0, r8
 affine_row 1, r9
 affine_row 2, r10
 affine_row 3, r11
 ldr r0, [sp]
 str r5, [r0, #B]
 adds r7, #8
 str r7, [r0, #Y]
 ldr r1, [r0, #BLOCKS]
 subs r1, #1
 str r1, [r0, #BLOCKS]
 beq 1f
 b affine_block
1:
 leave 4
 .size en_m0_affine_rows, . - en_m0_affine_rows
 .ltorg

 @ Likewise, with the sum of Wx at [sp + 4 + 4 row]. r6: bytes from b to mW; r7: to mU. What Wx gives, 2^32 r12 + 2^16 lr + [sp + 20],
 @ has 0 ≤ lr < 2^16: with it, the sum of the middle parts is at most 2^31 − 2^15 − 1, so rounding stays within 32 bits. The last
 @ parts may reach 2^31 together.
 .macro recurrent_row row, sum
 ldr r0, [sp, #4 + 4 * \row]
 ldr r1, [r5, r6]
 parts
 str r3, [sp, #20]
 asrs r1, r2, #16
 adds r0, r0, r1
 mov r12, r0
 uxth r2, r2
 mov lr, r2
 mov r0, \sum
 ldr r1, [r5, r7]
 parts
 ldr r1, [sp, #20]
 adds r3, r3, r1
 bvc 1f
 movs r1, #1
 lsls r1, r1, #16
 add lr, r1
1:
 asrs r3, r3, #16
 add r2, lr
 adds r2, r2, r3
 ldmia r5!, {r1}
 asrs r2, r2, #16
 adcs r0, r1
 add r0, r12
 adds r0, r0, r2
 saturate r0, r1
 ldr r1, [sp, #24]
 strh r0, [r1, #2 * \row]
 .endm

/* void en_m0_recurrent_rows(en_rows_job *). Stack: the job, sums of Wx, a last part, y. */
function en_m0_recurrent_rows
 enter 28
 str r0, [sp]
 set_entry
 adds r0, #UH
 set_entry
recurrent_block:
 ldr r0, [sp]
 bl four_rows
 mov r1, r8
 mov r2, r9
 mov r3, r10
 mov r4, r11
 add r0, sp, #4
 stmia r0!, {r1-r4}
 ldr r0, [sp]
 adds r0, #UH
 bl four_rows
 ldr r0, [sp]
 adds r0, #B
 ldmia r0!, {r5, r6} @ b, bytes of an array
 ldr r7, [r0] @ y
 str r7, [sp, #24]
 adds r7, #8
 str r7, [r0]
 lsls r7, r6, #1
 recurrent_row 0, r8
 recurrent_row 1, r9
 recurrent_row 2, r10
 recurrent_row 3, r11
 ldr r0, [sp]
 str r5, [r0, #B]
 ldr r1, [r0, #BLOCKS]
 subs r1, #1
 str r1, [r0, #BLOCKS]
 beq 1f
 b recurrent_block
1:
 leave 28
 .size en_m0_recurrent_rows, . - en_m0_recurrent_rows
 .ltorg
