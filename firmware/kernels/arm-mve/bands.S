/* Mel bands and their logarithm: the loop of bands.c. docs/front-end.md defines the results. */
 .syntax unified
 .thumb
 .text

 @ The bins to the next band's middle, four at a time: r6:r7 = what the upper band has of them, r4:r5 += what the lower one has, in
 @ 1 / 256. r0: power, r1: weights, r2: widths, q2: 256 everywhere.
 .macro segment
 ldrh r9, [r2], #2
 mov r8, r0
 mov r3, r1
 add r0, r0, r9, lsl #2
 add r1, r9
 movs r6, #0
 movs r7, #0
 wlstp.32 lr, r9, 2f
1:
 vldrw.u32 q0, [r8], #16
 vldrb.u32 q1, [r3], #4
 vmlaldava.u32 r6, r7, q0, q1
 vsub.i32 q1, q2, q1
 vmlaldava.u32 r4, r5, q0, q1
 letp lr, 1b
2:
 .endm

/* void en_mve_bands_of(const en_mve_banding *) */
 .global en_mve_bands_of
 .thumb_func
 .type en_mve_bands_of, %function
en_mve_bands_of:
 push {r4-r11, lr}
 mov r11, r0
 ldrd r0, r1, [r11, #24]
 ldrd r2, r12, [r11, #32]
 vmov.i32 q2, #256
 segment
3:
 ldrd r8, r9, [r11]
 adds r4, r6, r8
 adc r5, r7, r9
 segment
 @ r8 = leading zeros of r4:r5, r5 = the 32 bits below the leading 1
 clz r8, r5
 cbnz r5, 4f
 clz r8, r4
 add r8, #32
4:
 add r9, r8, #1
 lsll r4, r5, r9
 ldrd r3, r4, [r11, #8] @ log, level
 sub r4, r4, r8, lsl #16
 lsr r9, r5, #26
 ubfx r5, r5, #11, #15
 add r3, r3, r9, lsl #1
 ldrh r9, [r3]
 ldrh r3, [r3, #2]
 subs r3, r3, r9
 lsl r9, r9, #15
 add r9, #0x2000
 mla r9, r3, r5, r9
 ldrd r3, r5, [r11, #16] @ drop, end
 add r9, r4, r9, lsr #14
 asr r9, r3
 ssat r9, #16, r9
 strh r9, [r12], #2
 cmp r12, r5
 bne 3b
 pop {r4-r11, pc}
 .size en_mve_bands_of, . - en_mve_bands_of
