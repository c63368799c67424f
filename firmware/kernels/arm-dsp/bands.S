/* Mel bands and their logarithm: the loop of bands.c. docs/front-end.md defines the results. */
 .syntax unified
 .thumb
 .text

 @ The bins to the next band's middle, two at a time: r6:r7 = the upper band's share in 1 / 256, r4:r5 += 256 times all.
 @ r0: power, r1: weights, r2: widths.
 .macro segment
 ldrh r9, [r2], #2
 movs r6, #0
 movs r7, #0
 mov r8, #256
 lsrs r9, r9, #1
 bcc 1f
 ldr r10, [r0], #4
 ldrb r11, [r1], #1
 umlal r6, r7, r10, r11
 umlal r4, r5, r10, r8
1:
 beq 3f
2:
 ldrd r10, r11, [r0], #8
 ldrb r12, [r1], #1
 ldrb lr, [r1], #1
 umlal r6, r7, r10, r12
 umlal r4, r5, r10, r8
 umlal r6, r7, r11, lr
 umlal r4, r5, r11, r8
 subs r9, #1
 bne 2b
3:
 .endm

/* void en_dsp_bands_of(const en_dsp_banding *) */
 .global en_dsp_bands_of
 .thumb_func
 .type en_dsp_bands_of, %function
en_dsp_bands_of:
 push {r4-r11, lr}
 sub sp, #28
 mov r12, sp
 ldm r0!, {r4-r10}
 stm r12, {r4-r10}
 ldm r0, {r0-r3}
 segment
4:
 @ The bins below the band's middle give their share, those above what they leave to the next band; and 2^14 is added.
 mov r4, r6
 mov r5, r7
 segment
 ldm sp, {r8-r12, lr}
 subs r4, r4, r6
 sbc r5, r5, r7
 cmp lr, #32
 bhs 7f
5:
 adds r4, r4, r8
 adc r5, r5, r9
 cbz r5, 8f
6:
 @ r5 = the leading 1 and 31 bits below it
 clz r8, r5
 rsb r9, r8, #32
 lsl r5, r5, r8
 lsr r4, r4, r9
 orr r5, r5, r4
 sub r12, r12, r8, lsl #16
 ubfx r4, r5, #25, #6
 ubfx r5, r5, #10, #15
 ldr r4, [r11, r4, lsl #1] @ two entries; they need not be aligned
 uxth r8, r4
 rsb r4, r8, r4, lsr #16
 mla r4, r4, r5, r10
 add r4, r4, r8, lsl #15
 add r12, r12, r4, lsr #14
 asr r12, r12, lr
 ssat r12, #16, r12
 strh r12, [r3], #2
 ldr r8, [sp, #24]
 cmp r3, r8
 bne 4b
 add sp, #28
 pop {r4-r11, pc}
7:
 @ The unit is above 2^14: its exponent is in the upper half of lr.
 lsr r8, lr, #16
 rsb r9, r8, #32
 lsl r5, r5, r8
 lsr r9, r4, r9
 orr r5, r5, r9
 lsl r4, r4, r8
 ldrd r8, r9, [sp]
 b 5b
8:
 mov r5, r4
 movs r4, #0
 sub r12, r12, #32 << 16
 b 6b
 .size en_dsp_bands_of, . - en_dsp_bands_of
