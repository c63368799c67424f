/* Products of matrices in pairs (kinds, docs/container.md): a 16-bit lane holds 256 · w[odd row] + w[even row], so SMLALD of two
   lanes with two activations sums both rows in 64 bits, S; SXTB16 and SMLAD sum the even row alone, L; the odd row is
   (S − L) >> 8, exactly. Four rows at a time, four columns in 14 instructions. docs/arithmetic.md defines the results. */
 .syntax unified
 .thumb
 .text

 @ Four columns of four rows. r1: vector, r2: weights; sums: L r4, S r5:r6 of rows 0, 1; L r7, S r8:r9 of rows 2, 3.
 .macro quad
 ldrd r10, r11, [r1], #8
 ldmia r2!, {r0, r3, r12, lr}
 smlald r5, r6, r0, r10
 sxtb16 r0, r0
 smlad r4, r0, r10, r4
 smlald r8, r9, r3, r10
 sxtb16 r3, r3
 smlad r7, r3, r10, r7
 quad_end
 .endm

 @ The first four columns: two lanes' products are below 2^31, so they need no sums to begin with.
 .macro first_quad
 ldrd r10, r11, [r1], #8
 ldmia r2!, {r0, r3, r12, lr}
 smuad r5, r0, r10
 sxtb16 r0, r0
 smuad r4, r0, r10
 smuad r8, r3, r10
 sxtb16 r3, r3
 smuad r7, r3, r10
 asr r6, r5, #31
 asr r9, r8, #31
 quad_end
 .endm

 .macro quad_end
 smlald r5, r6, r12, r11
 sxtb16 r12, r12
 smlad r4, r12, r11, r4
 smlald r8, r9, lr, r11
 sxtb16 lr, lr
 smlad r7, lr, r11, r7
 .endm
 .equ QUAD_BYTES, 56

 @ All columns of four rows, then their sums in r4, r5, r7, r8. The job on the stack at \job: weights, vector, its end, where to go on
 @ after the first quad: into the loop, so that what is left is a multiple of eight after one round, or behind it.
 .macro columns job, loop
 ldrd r2, r1, [sp, #\job]
 first_quad
 ldr r0, [sp, #\job + 12]
 bx r0
 .balign 4
\loop:
 .rept 8
 quad
 .endr
 ldr r0, [sp, #\job + 8]
 cmp r1, r0
 bne \loop
\loop\()_end:
 str r2, [sp, #\job]
 @ the odd rows: (S − L) >> 8
 subs r5, r5, r4
 sbc r6, r6, r4, asr #31
 lsrs r5, r5, #8
 orr r5, r5, r6, lsl #24
 subs r8, r8, r7
 sbc r9, r9, r7, asr #31
 lsr r8, r8, #8
 orr r8, r8, r9, lsl #24
 .endm

 @ Turns the job's number of quads into the address at which `columns` goes on.
 .macro enter job, loop
 ldr r0, [sp, #\job + 12]
 rsbs r0, r0, #1
 and r1, r0, #7
 mov r2, #QUAD_BYTES
 adr.w r3, \loop
 mla r1, r1, r2, r3
 it eq
 ldreq r1, =\loop\()_end
 orr r1, r1, #1
 str r1, [sp, #\job + 12]
 .endm

/* void en_dsp_affine_pairs(const en_pairs_affine *): products.c says what lies where. */
 .global en_dsp_affine_pairs
 .thumb_func
 .type en_dsp_affine_pairs, %function
en_dsp_affine_pairs:
 push {r4-r11, lr}
 sub sp, #36
 ldmia r0, {r1-r8}
 stmia sp, {r1-r8}
 enter 0, affine_columns
affine_block:
 columns 0, affine_columns
 ldrd r0, r1, [sp, #16]
 ldmia r0!, {r6, r9, r10, r11}
 str r0, [sp, #16]
 add r0, r0, r1
 ldmdb r0, {r1, r3, r12, lr}
 smmlar r4, r4, r1, r6
 smmlar r5, r5, r3, r9
 smmlar r7, r7, r12, r10
 smmlar r8, r8, lr, r11
 ssat r4, #16, r4
 ssat r5, #16, r5
 ssat r7, #16, r7
 ssat r8, #16, r8
 pkhbt r4, r4, r5, lsl #16
 pkhbt r7, r7, r8, lsl #16
 ldrd r0, r3, [sp, #24]
 strd r4, r7, [r0], #8
 subs r3, #1
 strd r0, r3, [sp, #24]
 bne affine_block
 add sp, #36
 pop {r4-r11, pc}
 .pool
 .size en_dsp_affine_pairs, . - en_dsp_affine_pairs

/* void en_dsp_recurrent_pairs(const en_pairs_recurrent *) */
 .global en_dsp_recurrent_pairs
 .thumb_func
 .type en_dsp_recurrent_pairs, %function
en_dsp_recurrent_pairs:
 push {r4-r11, lr}
 sub sp, #84
 ldmia r0, {r1-r12}
 add r0, sp, #32
 stmia r0, {r1-r12}
 enter 32, W_columns
 enter 48, U_columns
recurrent_block:
 columns 32, W_columns
 ldrd r0, r2, [sp, #64]
 ldmia r0!, {r1, r6, r10, r12}
 str r0, [sp, #64]
 add r0, r0, r2
 ldmdb r0, {r3, r9, r11, lr}
 @ b · 2^32 + 2^31 + W x · mW, in 64 bits
 mov r0, #0x80000000
 smlal r0, r1, r4, r3
 mov r3, #0x80000000
 smlal r3, r6, r5, r9
 mov r9, #0x80000000
 smlal r9, r10, r7, r11
 mov r11, #0x80000000
 smlal r11, r12, r8, lr
 stmia sp, {r0, r1, r3, r6, r9, r10, r11, r12}
 columns 48, U_columns
 ldrd r0, r1, [sp, #64]
 add r0, r0, r1, lsl #1
 ldmdb r0, {r1, r3, r12, lr}
 ldmia sp, {r0, r2, r6, r9, r10, r11}
 smlal r0, r2, r4, r1
 smlal r6, r9, r5, r3
 smlal r10, r11, r7, r12
 ldrd r0, r1, [sp, #24]
 smlal r0, r1, r8, lr
 ssat r2, #16, r2
 ssat r9, #16, r9
 ssat r11, #16, r11
 ssat r1, #16, r1
 pkhbt r4, r2, r9, lsl #16
 pkhbt r5, r11, r1, lsl #16
 ldrd r0, r3, [sp, #72]
 strd r4, r5, [r0], #8
 subs r3, #1
 strd r0, r3, [sp, #72]
 bne recurrent_block
 add sp, #84
 pop {r4-r11, pc}
 .pool
 .size en_dsp_recurrent_pairs, . - en_dsp_recurrent_pairs
