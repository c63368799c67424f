/* Sums that a state keeps. A column of int8 by one value, added to sums of 32 bits, four rows at a time: a word of the column is
   spread to rows 0 and 2 and to rows 1 and 3. What changed, two values at a time. */
 .syntax unified
 .thumb
 .text

 .macro four_rows
 ldr r4, [r0], #4
 ldmia r2, {r6-r9}
 sxtb16 r5, r4
 sxtb16 r4, r4, ror #8
 smlabb r6, r5, r1, r6
 smlabb r7, r4, r1, r7
 smlatb r8, r5, r1, r8
 smlatb r9, r4, r1, r9
 stmia r2!, {r6-r9}
 .endm

/* void en_dsp_add_columns(const en_columns *): columns, d, its end, sums, fours (at least 1), bytes of a column. */
 .global en_dsp_add_columns
 .type en_dsp_add_columns, %function
 .thumb_func
 .balign 4
en_dsp_add_columns:
 push {r4-r11, lr}
 ldmia r0, {r0, r1, r2, r3, r10, r11}
 mov r12, r1              @ d
 mov lr, r2               @ its end
1:
 ldrsh r1, [r12], #2
 cbnz r1, 2f
 add r0, r11
 cmp r12, lr
 bne 1b
 pop {r4-r11, pc}
2:
 push {r0, r3}
 mov r2, r3
 lsrs r3, r10, #1
 beq 4f
3:
 four_rows
 four_rows
 subs r3, #1
 bne 3b
4:
 lsls r3, r10, #31
 beq 5f
 four_rows
5:
 pop {r0, r3}
 add r0, r11
 cmp r12, lr
 bne 1b
 pop {r4-r11, pc}

/* void en_dsp_change_twos(const int16_t *x, const int16_t *r, const int16_t *t, int16_t *y, size_t twos): at least 1. Halves saturate, and
   what saturates is at least any t. */
 .global en_dsp_change_twos
 .type en_dsp_change_twos, %function
 .thumb_func
 .balign 4
en_dsp_change_twos:
 push {r4-r8, lr}
 ldr r12, [sp, #24]
 movs r8, #0
1:
 ldr r4, [r0], #4
 ldr r5, [r1], #4
 ldr r6, [r2], #4
 qsub16 r4, r4, r5        @ x − r
 qsub16 r5, r8, r4        @ r − x
 ssub16 r7, r4, r5
 sel r7, r4, r5           @ the magnitude
 ssub16 r7, r7, r6
 sel r7, r4, r8
 str r7, [r3], #4
 subs r12, #1
 bne 1b
 pop {r4-r8, pc}

/* void en_dsp_add_twos(const int16_t *a, const int16_t *b, int16_t *y, size_t twos): at least 1. */
 .global en_dsp_add_twos
 .type en_dsp_add_twos, %function
 .thumb_func
 .balign 4
en_dsp_add_twos:
 push {r4, lr}
1:
 ldr r4, [r0], #4
 ldr r12, [r1], #4
 qadd16 r4, r4, r12
 str r4, [r2], #4
 subs r3, #1
 bne 1b
 pop {r4, pc}

/* Two sums by their multipliers, into or onto r4:r5 and r6:r7. */
 .macro two_products op, s, m
 ldmia \s!, {r8, r9}
 ldmia \m!, {r10, r11}
 \op r4, r5, r8, r10
 \op r6, r7, r9, r11
 .endm

/* To r4:r5 and r6:r7 half a unit and b · 2^32, then both saturated to r2. */
 .macro two_results b
 ldmia \b!, {r8, r9}
 adds r4, r4, #0x80000000
 adc r5, r5, r8
 adds r6, r6, #0x80000000
 adc r7, r7, r9
 ssat r5, #16, r5
 ssat r7, #16, r7
 strh r5, [r2], #2
 strh r7, [r2], #2
 .endm

/* void en_dsp_affine_sums(const en_sums *): s, v, y, b, mW, mU, twos (at least 1). */
 .global en_dsp_affine_sums
 .type en_dsp_affine_sums, %function
 .thumb_func
 .balign 4
en_dsp_affine_sums:
 push {r4-r11, lr}
 ldr lr, [r0, #24]
 ldr r12, [r0, #16]
 ldmia r0, {r0, r1, r2, r3}
1:
 two_products smull, r0, r12
 two_results r3
 subs lr, #1
 bne 1b
 pop {r4-r11, pc}

 .global en_dsp_recurrent_sums
 .type en_dsp_recurrent_sums, %function
 .thumb_func
 .balign 4
en_dsp_recurrent_sums:
 push {r4-r11, lr}
 sub sp, #4
 ldr r12, [r0, #24]
 str r12, [sp]
 ldr r12, [r0, #16]
 ldr lr, [r0, #20]
 ldmia r0, {r0, r1, r2, r3}
1:
 two_products smull, r0, r12
 two_products smlal, r1, lr
 two_results r3
 ldr r4, [sp]
 subs r4, #1
 str r4, [sp]
 bne 1b
 add sp, #4
 pop {r4-r11, pc}
