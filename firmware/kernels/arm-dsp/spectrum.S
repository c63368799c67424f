/* FFT and power spectrum: loops that spectrum.c puts together. docs/front-end.md defines every result and proves the bounds. Complex
   values are words, the real part low. A mask is the OR of p ^ (p << 1) over words p: the highest bit set in either half is the number
   of bits, except that the lowest bit of the upper half means nothing. */
 .syntax unified
 .thumb
 .text

 .macro function name
 .global \name
 .thumb_func
 .type \name, %function
\name:
 .endm

 @ Adds a word to the mask.
 .macro note word, mask, free
 eor \free, \word, \word, lsl #1
 orr \mask, \mask, \free
 .endm

/* uint32_t en_dsp_pairs(int16_t *z, size_t pairs_of_pairs): radix-2 butterflies of neighbours, halved; mask.
   (a + c + 1) >> 1 is a − ((a − c) >> 1), and so with c negated. */
function en_dsp_pairs
 push {r4-r11, lr}
 movs r2, #0
1:
 ldm r0, {r4-r7}
 shsub16 r8, r4, r5
 shadd16 r9, r4, r5
 ssub16 r8, r4, r8
 ssub16 r9, r4, r9
 shsub16 r10, r6, r7
 shadd16 r11, r6, r7
 ssub16 r10, r6, r10
 ssub16 r11, r6, r11
 stm r0!, {r8-r11}
 note r8, r2, r3
 note r9, r2, r3
 note r10, r2, r3
 note r11, r2, r3
 subs r1, #1
 bne 1b
 mov r0, r2
 pop {r4-r11, pc}
 .size en_dsp_pairs, . - en_dsp_pairs

 @ ---- Radix-4 butterflies without rotation, two parts at a time ----

 @ r9 to r12 = the butterfly of r6, r8, r7, r9 (a, b, c, d), divided by 2^\shift, at most 2. All values are below 2^(12 + \shift), or
 @ with a shift of 2 one of a and c and one of b and d may be that. r5: 1 in both halves, r3: mask.
 .macro quartet shift
 sadd16 r10, r6, r7
 ssub16 r6, r6, r7
 sadd16 r7, r8, r9
 ssub16 r8, r8, r9
 .if \shift < 2
 sadd16 r9, r10, r7
 ssub16 r11, r10, r7
 ssax r10, r6, r8
 sasx r12, r6, r8
 .else
 shadd16 r9, r10, r7
 shsub16 r11, r10, r7
 shsax r10, r6, r8
 shasx r12, r6, r8
 .endif
 .if \shift > 0
 @ (sum + 1) >> 1, and (sum + 2) >> 2 as ((sum >> 1) + 1) >> 1
 shadd16 r9, r9, r5
 shadd16 r10, r10, r5
 shadd16 r11, r11, r5
 shadd16 r12, r12, r5
 .endif
 note r9, r3, lr
 note r10, r3, lr
 note r11, r3, lr
 note r12, r3, lr
 .endm

/* uint32_t en_dsp_fours(int16_t *z, size_t fours): butterflies of neighbours a, c, b, d, divided by 4; mask. Values: see quartet. */
function en_dsp_fours
 push {r4-r11, lr}
 movs r3, #0
 mov r5, #0x00010001
1:
 ldm r0, {r6-r9}
 quartet 2
 stm r0!, {r9-r12}
 subs r1, #1
 bne 1b
 mov r0, r3
 pop {r4-r11, pc}
 .size en_dsp_fours, . - en_dsp_fours

 @ ---- A radix-4 stage. r0: the butterfly's first value, r1: bytes to the next, r2: three times that, r3: mask, r4: butterflies left,
 @ less one, in the upper half, 2^13 in the lower, r5: what rounds ----

 @ r11, r8 = B + D, r10, r9 = B − D, turned. r6, r7, r8: W^k, W^2k, W^3k, cosine low; leaves r7.
 .macro turn_b_d
 ldr r9, [r0, r2]
 smuad r10, r9, r8
 smusdx r9, r8, r9
 ldr r8, [r0, r1, lsl #1]
 smuad r11, r8, r6
 smusdx r8, r6, r8
 asr r11, r11, #2
 sub r10, r11, r10, asr #2
 rsb r11, r10, r11, lsl #1
 asr r8, r8, #2
 sub r9, r8, r9, asr #2
 rsb r8, r9, r8, lsl #1
 .endm

 @ lr, r7 = A + C, r12, r6 = A − C, turned.
 .macro turn_a_c
 ldr r6, [r0, r1]
 smuad r12, r6, r7
 smusdx r6, r7, r6
 ldr r7, [r0]
 smlabb lr, r7, r4, r5
 smlatb r7, r7, r4, r5
 sub r12, lr, r12, asr #2
 rsb lr, r12, lr, lsl #1
 sub r6, r7, r6, asr #2
 rsb r7, r6, r7, lsl #1
 .endm

 @ The same without rotation.
 .macro plain_b_d
 ldr r8, [r0, r1, lsl #1]
 ldr r9, [r0, r2]
 smulbb r10, r8, r4
 smultb r12, r8, r4
 smlabb r11, r9, r4, r10
 smlatb r8, r9, r4, r12
 rsb r10, r11, r10, lsl #1
 rsb r9, r8, r12, lsl #1
 .endm

 .macro plain_a_c
 ldr r6, [r0]
 ldr r7, [r0, r1]
 smlabb r12, r6, r4, r5
 smlatb r6, r6, r4, r5
 smlabb lr, r7, r4, r12
 smlatb r7, r7, r4, r6
 rsb r12, lr, r12, lsl #1
 rsb r6, r7, r6, lsl #1
 .endm

 @ \im = \im and \re, shifted.
 .macro pack im, re, shift
 .if \shift < 3
 lsl \im, \im, #3 - \shift
 .endif
 pkhtb \im, \im, \re, asr #13 + \shift
 .endm

 @ From the sums and differences above to four words in memory.
 .macro finish shift
 sub r11, lr, r11
 rsb lr, r11, lr, lsl #1
 sub r8, r7, r8
 rsb r7, r8, r7, lsl #1
 sub r9, r12, r9
 rsb r12, r9, r12, lsl #1
 sub r10, r6, r10
 rsb r6, r10, r6, lsl #1
 pack r7, lr, \shift
 str r7, [r0]
 pack r10, r12, \shift
 str r10, [r0, r1]
 pack r8, r11, \shift
 str r8, [r0, r1, lsl #1]
 pack r6, r9, \shift
 str r6, [r0, r2]
 note r7, r3, lr
 note r10, r3, lr
 note r8, r3, lr
 note r6, r3, lr
 .endm

/* uint32_t en_dsp_fours_wide(int16_t *z, size_t fours): en_dsp_fours for all values up to 2^14 */
function en_dsp_fours_wide
 push {r4-r11, lr}
 lsl r4, r1, #16
 sub r4, r4, #0x10000 - 0x2000
 movs r1, #4
 movs r2, #12
 movs r3, #0
 mov r5, #1 << 14
1:
 plain_b_d
 plain_a_c
 finish 2
 adds r0, #16
 subs r4, #0x10000
 bpl 1b
 mov r0, r3
 pop {r4-r11, pc}
 .size en_dsp_fours_wide, . - en_dsp_fours_wide

 @ r6, r7, r8 = W^k, W^2k, W^3k. r9: offset of the angle of the first; r11, r12: sine, cosine.
 .macro rotations
 add r10, r9, r9, lsl #1
 ldrh r6, [r12, r9]
 ldrh r7, [r11, r9]
 pkhbt r6, r6, r7, lsl #16
 ldrh r7, [r12, r9, lsl #1]
 ldrh r8, [r11, r9, lsl #1]
 pkhbt r7, r7, r8, lsl #16
 ldrh r8, [r12, r10]
 ldrh r9, [r11, r10]
 pkhbt r8, r8, r9, lsl #16
 .endm

 @ uint32_t en_dsp_stage_N(const en_dsp_stage *): a stage that divides by 2^N; mask. The stack holds the job but for its first three
 @ words, and, below, the rotations of one k while they meet more than one group.
 .macro stage shift
function en_dsp_stage_\shift
 push {r4-r11, lr}
 sub sp, #28
 ldm r0, {r0-r2, r5-r11}
 stm sp, {r5-r11}
 mov r4, r11
 movs r3, #0
 .if \shift < 3
 mov r5, #0x00010001
1:
 ldr r6, [r0]
 ldr r7, [r0, r1]
 ldr r8, [r0, r1, lsl #1]
 ldr r9, [r0, r2]
 quartet \shift
 str r9, [r0]
 str r10, [r0, r1]
 str r11, [r0, r1, lsl #1]
 str r12, [r0, r2]
 .else
 mov r5, #1 << (12 + \shift)
1:
 plain_b_d
 plain_a_c
 finish \shift
 .endif
 add r0, r0, r1, lsl #2
 subs r4, #0x10000
 bpl 1b
 mov r5, #1 << (12 + \shift)
 .if \shift < 1
 ldrd r9, r10, [sp]
 cmp r10, #0
 beq 5f
 .endif
 sub sp, #12
 b 4f
2:
 ldrd r9, r10, [sp, #12]
 ldrd r11, r12, [sp, #20]
 sub r9, r0, r9
 lsl r9, r9, r10
 rotations
 stm sp, {r6-r8}
 ldr r4, [sp, #36]
3:
 ldm sp, {r6-r8}
 turn_b_d
 turn_a_c
 finish \shift
 add r0, r0, r1, lsl #2
 subs r4, #0x10000
 bpl 3b
4:
 ldrd r7, r8, [sp, #28]
 sub r0, r0, r7
 cmp r0, r8
 bne 2b
 add sp, #12
 .if \shift < 1
 b 7f
5:
 @ One group, so as many k as r1 / 4. An angle's offset is that of the value.
 add r0, r9, #4
 lsl r4, r1, #14
 sub r4, r4, #0x1E000
6:
 ldm sp, {r9-r12}
 sub r9, r0, r9
 rotations
 turn_b_d
 turn_a_c
 finish \shift
 add r0, #4
 subs r4, #0x10000
 bpl 6b
7:
 .endif
 mov r0, r3
 add sp, #28
 pop {r4-r11, pc}
 .size en_dsp_stage_\shift, . - en_dsp_stage_\shift
 .endm

 stage 0
 stage 1
 stage 2
 stage 3

 @ ---- Power ----

 @ Bin k and its mirror image. \half: which half of r11, sines, and r12, cosines.
 .macro bin half
 ldr r7, [r0]
 ldr r8, [r1]
 sadd16 r9, r7, r8
 ssub16 r7, r7, r8
 smult\half r8, r9, r12
 smulb\half r10, r7, r11
 asr r8, r8, #2
 sub r8, r8, r10, asr #2
 smlabb r10, r9, r6, r4
 add lr, r10, r8
 sub r10, r10, r8
 smulb\half r8, r7, r12
 smult\half r9, r9, r11
 asr r8, r8, #2
 add r8, r8, r9, asr #2
 smlatb r7, r7, r6, r4
 sub r9, r7, r8
 add r7, r7, r8
 asr lr, lr, r5
 asr r9, r9, r5
 mul lr, lr, lr
 mla lr, r9, r9, lr
 str lr, [r0], #4
 asr r10, r10, r5
 asr r7, r7, r5
 mul r10, r10, r10
 mla r10, r7, r7, r10
 str r10, [r1], #-4
 .endm

/* void en_dsp_squares(uint32_t *spectrum, size_t points, const int16_t *sine, int bits): en_portable_squares for bits up to 14, where
   sums and differences of two values fit a half word */
function en_dsp_squares
 push {r4-r11, lr}
 mov r5, r3
 mov r4, #1
 lsl r4, r4, r5
 lsr r4, r4, #1
 lsl r6, r1, #14
 sub r6, r6, #0xE000
 add r3, r2, r1
 add r1, r0, r1, lsl #2
 sub r1, #4
 add r0, #4
 adds r2, #2
 adds r3, #2
1:
 ldr r11, [r2], #4
 ldr r12, [r3], #4
 bin b
 bin t
 subs r6, #0x10000
 bpl 1b
 pop {r4-r11, pc}
 .size en_dsp_squares, . - en_dsp_squares
