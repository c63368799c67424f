/* Element by element, two in a word, four a round; elements.c chooses them where every sum stays in 32 bits. */
 .syntax unified
 .thumb
 .text

 .macro function name
 .global \name
 .thumb_func
 .type \name, %function
\name:
 .endm

 @ \low = y of the low elements, \high of the high ones, as sums: shifts, saturates and joins them in \low. Shift: lr.
 .macro finish low, high
 asr \low, \low, lr
 asr \high, \high, lr
 ssat \low, #16, \low
 ssat \high, #16, \high
 pkhbt \low, \low, \high, lsl #16
 .endm

/* void en_dsp_multiply_short(const int16_t *a, const int16_t *b, int16_t *y, size_t fours, int shift): sat16((a · b + half) >> shift) */
function en_dsp_multiply_short
 push {r4-r10, lr}
 ldr lr, [sp, #32]
 mov r12, #1
 lsl r12, r12, lr
 lsr r12, r12, #1
1:
 ldmia r0!, {r4, r5}
 ldmia r1!, {r6, r7}
 smlabb r8, r4, r6, r12
 smlatt r4, r4, r6, r12
 finish r8, r4
 smlabb r9, r5, r7, r12
 smlatt r5, r5, r7, r12
 finish r9, r5
 strd r8, r9, [r2], #8
 subs r3, #1
 bne 1b
 pop {r4-r10, pc}
 .size en_dsp_multiply_short, . - en_dsp_multiply_short

/* void en_dsp_multiply_add_before(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t fours, int shift, int up):
   sat16((a · b + c · 2^up + half) >> shift), up < shift: as c · 2^up is a multiple of 2^up, shifting by it first is exact. */
function en_dsp_multiply_add_before
 push {r4-r11, lr}
 ldr lr, [sp, #40]
 mov r11, #1
 lsl r11, r11, lr
 lsr r11, r11, #1
 ldr r12, [sp, #44]
 sub lr, lr, r12
1:
 .rept 2
 ldr r4, [r0], #4
 ldr r5, [r1], #4
 ldr r6, [r2], #4
 smlabb r7, r4, r5, r11
 smlatt r8, r4, r5, r11
 asr r7, r7, r12
 asr r8, r8, r12
 sxtah r7, r7, r6
 add r8, r8, r6, asr #16
 finish r7, r8
 str r7, [r3], #4
 .endr
 ldr r9, [sp, #36]
 subs r9, #1
 str r9, [sp, #36]
 bne 1b
 pop {r4-r11, pc}
 .size en_dsp_multiply_add_before, . - en_dsp_multiply_add_before

/* Likewise: sat16(((a · b + half) >> shift) + c · k) */
function en_dsp_multiply_add_after
 push {r4-r11, lr}
 ldr lr, [sp, #40]
 mov r11, #1
 lsl r11, r11, lr
 lsr r11, r11, #1
1:
 ldmia r0!, {r4, r5}
 ldmia r1!, {r6, r7}
 ldmia r2!, {r8, r9}
 ldr r12, [sp, #44]
 smlabb r10, r4, r6, r11
 smlatt r4, r4, r6, r11
 asr r10, r10, lr
 asr r4, r4, lr
 smlabb r10, r8, r12, r10
 smlatb r4, r8, r12, r4
 ssat r10, #16, r10
 ssat r4, #16, r4
 pkhbt r10, r10, r4, lsl #16
 smlabb r6, r5, r7, r11
 smlatt r5, r5, r7, r11
 asr r6, r6, lr
 asr r5, r5, lr
 smlabb r6, r9, r12, r6
 smlatb r5, r9, r12, r5
 ssat r6, #16, r6
 ssat r5, #16, r5
 pkhbt r6, r6, r5, lsl #16
 str r10, [r3], #4
 str r6, [r3], #4
 ldr r12, [sp, #36]
 subs r12, #1
 str r12, [sp, #36]
 bne 1b
 pop {r4-r11, pc}
 .size en_dsp_multiply_add_after, . - en_dsp_multiply_add_after

/* void en_dsp_blend_short(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t fours, int shift):
   sat16((z · a − z · b + b · 2^15 + half) >> shift), for z ≥ 0: then the whole fits 32 bits, and parts of it may wrap. */
function en_dsp_blend_short
 push {r4-r11, lr}
 ldr lr, [sp, #40]
 mov r11, #1
 lsl r11, r11, lr
 lsr r11, r11, #1
1:
 .rept 2
 ldr r4, [r0], #4
 ldr r5, [r1], #4
 ldr r6, [r2], #4
 pkhbt r7, r4, r4, lsl #16
 pkhbt r8, r5, r6, lsl #16
 lsl r9, r6, #16
 add r9, r11, r9, asr #1
 smlsd r9, r7, r8, r9
 pkhtb r7, r4, r4, asr #16
 pkhtb r8, r6, r5, asr #16
 bfc r6, #0, #16
 add r10, r11, r6, asr #1
 smlsd r10, r7, r8, r10
 finish r9, r10
 str r9, [r3], #4
 .endr
 ldr r12, [sp, #36]
 subs r12, #1
 str r12, [sp, #36]
 bne 1b
 pop {r4-r11, pc}
 .size en_dsp_blend_short, . - en_dsp_blend_short

/* int en_dsp_any_negative(const int16_t *a, size_t fours) */
function en_dsp_any_negative
 push {r4, lr}
 movs r2, #0
1:
 ldmia r0!, {r3, r4}
 orr r2, r2, r3
 orr r2, r2, r4
 subs r1, #1
 bne 1b
 mov r0, #0x80008000
 and r0, r0, r2
 pop {r4, pc}
 .size en_dsp_any_negative, . - en_dsp_any_negative

/* void en_dsp_copy(const int16_t *a, int16_t *y, size_t fours) */
function en_dsp_copy
1:
 ldmia r0!, {r3, r12}
 stmia r1!, {r3, r12}
 subs r2, #1
 bne 1b
 bx lr
 .size en_dsp_copy, . - en_dsp_copy

/* void en_dsp_halve(const int16_t *a, int16_t *y, size_t fours, int shift): (a + half) >> shift, shift ≥ 1 */
function en_dsp_halve
 push {r4-r7, lr}
 mov lr, #1
 lsl lr, lr, r3
 lsr lr, lr, #1
1:
 ldmia r0!, {r4, r5}
 sxtah r6, lr, r4
 add r4, lr, r4, asr #16
 asr r6, r6, r3
 asr r4, r4, r3
 pkhbt r4, r6, r4, lsl #16
 sxtah r6, lr, r5
 add r5, lr, r5, asr #16
 asr r6, r6, r3
 asr r5, r5, r3
 pkhbt r5, r6, r5, lsl #16
 stmia r1!, {r4, r5}
 subs r2, #1
 bne 1b
 pop {r4-r7, pc}
 .size en_dsp_halve, . - en_dsp_halve

/* void en_dsp_double(const int16_t *a, int16_t *y, size_t fours, int times): sat16(a · 2^times), times ≥ 1 */
function en_dsp_double
 push {r4-r5, lr}
1:
 ldmia r0!, {r4, r5}
 mov r12, r3
2:
 qadd16 r4, r4, r4
 qadd16 r5, r5, r5
 subs r12, #1
 bne 2b
 stmia r1!, {r4, r5}
 subs r2, #1
 bne 1b
 pop {r4-r5, pc}
 .size en_dsp_double, . - en_dsp_double

 @ Two values of a table over the positive half (host/spec/activations.ts). \whole minus the value, by \minus, where the argument is
 @ negative. GE keeps the signs from SSUB16 to the last SEL. r4: 0, r5: whole, r6, r7: masks.
 .macro two_of_table minus
 ldr r8, [r0], #4
 qsub16 r9, r4, r8
 ssub16 lr, r8, r4
 sel r10, r8, r9
 ubfx r11, r10, #6, #9
 lsr r12, r10, #22
 ldr r11, [r3, r11, lsl #2]
 ldr r12, [r3, r12, lsl #2]
 eor r10, r10, r6
 and r10, r7, r10, lsl #10
 smlabb r11, r11, r10, r11
 smlabt r12, r12, r10, r12
 pkhtb r11, r12, r11, asr #16
 \minus r9, r5, r11
 sel r11, r11, r9
 str r11, [r1], #4
 .endm

 .macro of_table minus, whole
 push {r4-r11, lr}
 movs r4, #0
 mov r5, #\whole
 mov r6, #0x00200020
 mov r7, #0xFC00FC00
1:
 two_of_table \minus
 two_of_table \minus
 subs r2, #1
 bne 1b
 pop {r4-r11, pc}
 .endm

/* void en_dsp_sigmoid_table(const int16_t *a, int16_t *y, size_t fours, const int32_t *table): a in Q4.11; f(−a) = 1 − f(a) */
function en_dsp_sigmoid_table
 of_table uqsub16, 0x80008000
 .size en_dsp_sigmoid_table, . - en_dsp_sigmoid_table

/* void en_dsp_tanh_table(const int16_t *a, int16_t *y, size_t fours, const int32_t *table): a in Q4.11; f(−a) = −f(a) */
function en_dsp_tanh_table
 of_table qsub16, 0
 .size en_dsp_tanh_table, . - en_dsp_tanh_table
