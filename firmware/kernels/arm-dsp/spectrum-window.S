/* Samples times window: loops of spectrum.c. docs/front-end.md defines the results; masks are those of spectrum.S. */
 .syntax unified
 .thumb
 .text

 @ Adds two products, without their \drop lowest bits, to the mask r12. \first, \second: which halves of the window's word meet the low
 @ and the high one of the samples.
 .macro products drop, first, second, window, samples
 smul\first\()b r10, \window, \samples
 smul\second\()t r11, \window, \samples
 .if \drop < 16
 lsl r11, r11, #16 - \drop
 .endif
 pkhtb r10, r11, r10, asr #\drop
 eor r10, r10, r10, lsl #1
 orr r12, r12, r10
 .endm

 @ Mask of window times samples, from both ends of the samples, four values of the window at a time, without the lowest bits:
 @ uint32_t \name(const int16_t *window, const int16_t *samples, const int16_t *end, size_t fours)
 .macro mask name, drop
 .global \name
 .thumb_func
 .type \name, %function
\name:
 push {r4-r11, lr}
 movs r4, #0
 mov r12, r4
1:
 ldrd r4, r5, [r0], #8
 ldrd r6, r7, [r1], #8
 ldrd r8, r9, [r2, #-8]!
 products \drop, b, t, r4, r6
 products \drop, b, t, r5, r7
 products \drop, t, b, r4, r9
 products \drop, t, b, r5, r8
 subs r3, #1
 bne 1b
 mov r0, r12
 pop {r4-r11, pc}
 .size \name, . - \name
 .endm

 mask en_dsp_window_loud, 16
 @ for products that have at most 16 bits
 mask en_dsp_window_quiet, 2

 @ Two samples in r11 times the window's word r10, rounded, shifted and stored.
 .macro point first, second, to
 smla\first\()b r12, r10, r11, r9
 smla\second\()t r11, r10, r11, r9
 asr r12, r12, r8
 asr r11, r11, r8
 pkhbt r12, r12, r11, lsl #16
 str r12, [\to, lr]
 .endm

/* bool en_dsp_window(const en_dsp_windowing *): samples times window to bit-reversed places, two points from each end at a time; whether
   a value of the first half is 2^14 (SSAT16 sets Q). The inner two of four points come first: where the ends meet in the middle of a
   four, these are wrong, and the outer two take their places. */
 .global en_dsp_window
 .thumb_func
 .type en_dsp_window, %function
en_dsp_window:
 push {r4-r11, lr}
 ldm r0, {r0-r9}
 mov r10, #0
 msr APSR_nzcvq, r10
1:
 @ RBIT of a counter with its bits at the top is an offset; that of the odd number after it is half the spectrum more: r4, not r3.
 ldr r10, [r0, #4]
 ldr r11, [r1, #4]
 rbit lr, r5
 point b, t, r4
 ssat16 r12, #15, r12
 ldr r11, [r2, #-8]!
 rbit lr, r6
 point t, b, r3
 ldr r10, [r0], #8
 ldr r11, [r2, #4]
 point t, b, r4
 ldr r11, [r1], #8
 rbit lr, r5
 point b, t, r3
 ssat16 r12, #15, r12
 add r5, r5, r7
 sub r6, r6, r7
 cmp r5, r6
 bls 1b
 mrs r0, APSR
 ubfx r0, r0, #27, #1
 pop {r4-r11, pc}
 .size en_dsp_window, . - en_dsp_window
