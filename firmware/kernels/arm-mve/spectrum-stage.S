/* A radix-4 stage over groups of four quarters, four butterflies at a time: the loops of spectrum.c, where en_mve_stage says what r0
   points to. Quarters lie in the order a, c, b, d. */
 .syntax unified
 .thumb
 .text

 @ r0 a, r1 c, r2 b, r3 d; r4, r5, r6: sine of one, two and three times the first angle; r7: the greatest magnitude; r8: more,
 @ r9: step, r10: three of these, r11: bytes of three quarters, r12: the job
 .equ ANGLES, 0
 .equ PLACES, 48
 .equ KEPT, 64
 .equ SINE, 80
 .equ END, 84
 .equ Z, 88
 .equ LEG, 92
 .equ STEP, 96
 .equ MORE, 100
 .equ LEFT, 104

 @ Four values. Those of short quarters are at places that \index takes.
 .macro take to, at, index, short
 .if \short
 vldrw.u32 \index, [r12, #PLACES]
 vldrw.u32 \to, [\at, \index]
 .else
 vldrw.u32 \to, [\at]
 .endif
 .endm

 @ re, im = the values at \at times cos − i sin. The first of a quarter has the angle 0, whose cosine the table has not: exactly
 @ 2^13 times it. Takes q0 and q1.
 .macro rotated re, im, at, base, angles, first, short
 vldrw.u32 q1, [r12, #\angles]
 vldrh.u16 q0, [\base, q1]
 take q1, \at, \re, \short
 vmullb.s16 \re, q1, q0
 vmullt.s16 \im, q1, q0
 vrev32.16 q0, q0
 vadd.i32 \re, \re, \im
 vmullt.s16 \im, q1, q0
 vmullb.s16 q0, q1, q0
 vshr.s32 \re, \re, #2
 vsub.i32 \im, \im, q0
 vshr.s32 \im, \im, #2
 .if \first
 vpstt
 vshllbt.s16 \re, q1, #13
 vshlltt.s16 \im, q1, #13
 .endif
 .endm

 @ A half of each lane of \to = \from, shifted and rounded.
 .macro narrow half, to, from, shift, short
 .if \short
 vrshl.s32 \from, r8
 vmovn\half\().i32 \to, \from
 .else
 vrshrn\half\().i32 \to, \from, #13 + \shift
 .endif
 .endm

 .macro store from, at, short
 .if \short
 vstrw.32 \from, [\at, q2]
 add \at, #64
 .else
 vstrw.32 \from, [\at], #16
 .endif
 vmaxav.s16 r7, \from
 .endm

 .macro butterflies shift, first=0, short=0
 rotated q2, q3, r2, r4, ANGLES, \first, \short
 rotated q4, q5, r3, r6, ANGLES + 32, \first, \short
 vadd.i32 q6, q2, q4 @ b + d
 vsub.i32 q2, q2, q4
 vadd.i32 q7, q3, q5
 vsub.i32 q3, q3, q5
 rotated q4, q5, r1, r5, ANGLES + 16, \first, \short
 take q1, r0, q0, \short
 .if \short
 vstrw.32 q1, [r12, #KEPT]
 .endif
 @ Real parts: q0, q1, q6, q4
 vshllb.s16 q0, q1, #13
 vadd.i32 q1, q0, q4
 vsub.i32 q4, q0, q4
 vadd.i32 q0, q1, q6
 vsub.i32 q6, q1, q6
 vadd.i32 q1, q4, q3
 vsub.i32 q4, q4, q3
 narrow b, q0, q0, \shift, \short
 narrow b, q1, q1, \shift, \short
 narrow b, q6, q6, \shift, \short
 narrow b, q4, q4, \shift, \short
 @ Imaginary parts; for want of a register a + c is 2 a − (a − c), and so on.
 .if \short
 vldrw.u32 q3, [r12, #KEPT]
 .else
 vldrw.u32 q3, [r0]
 .endif
 vshllt.s16 q3, q3, #13
 vsub.i32 q5, q3, q5
 vadd.i32 q3, q3, q3
 vsub.i32 q3, q3, q5
 vsub.i32 q7, q3, q7
 vadd.i32 q3, q3, q3
 vsub.i32 q3, q3, q7
 narrow t, q6, q7, \shift, \short
 narrow t, q0, q3, \shift, \short
 vsub.i32 q3, q5, q2
 vadd.i32 q5, q5, q2
 narrow t, q1, q3, \shift, \short
 narrow t, q4, q5, \shift, \short
 .if \short
 vldrw.u32 q2, [r12, #PLACES]
 .endif
 store q0, r0, \short
 store q1, r1, \short
 store q6, r2, \short
 store q4, r3, \short
 .endm

 .macro enter
 push {r4-r11, lr}
 mov r12, r0
 ldrd r0, r11, [r12, #Z]
 add r1, r0, r11
 add r2, r1, r11
 add r3, r2, r11
 add r11, r11, r11, lsl #1
 movs r7, #0
 ldrd r9, r8, [r12, #STEP]
 add r10, r9, r9, lsl #1
 .endm

 .macro stage shift
 .global en_mve_stage_\shift
 .thumb_func
 .type en_mve_stage_\shift, %function
en_mve_stage_\shift\():
 enter
1:
 ldr r4, [r12, #SINE]
 mov r5, r4
 mov r6, r4
 mov lr, #0x000F
 vmsr p0, lr
 butterflies \shift, first=1
 wls lr, r8, 3f
2:
 add r4, r9
 add r5, r5, r9, lsl #1
 add r6, r10
 butterflies \shift
 le lr, 2b
3:
 add r0, r11
 add r1, r11
 add r2, r11
 add r3, r11
 ldr r4, [r12, #END]
 cmp r0, r4
 bne 1b
 mov r0, r7
 pop {r4-r11, pc}
 .size en_mve_stage_\shift, . - en_mve_stage_\shift
 .endm

/* uint32_t en_mve_stage_0(en_mve_stage *) and so on: the result divided by 1, 2, 4, 8. Returns the greatest magnitude of what it leaves. */
 stage 0
 stage 1
 stage 2
 stage 3

/* uint32_t en_mve_stage_short(en_mve_stage *): quarters of one or two values, of so many groups at a time that four are together */
 .global en_mve_stage_short
 .thumb_func
 .type en_mve_stage_short, %function
en_mve_stage_short:
 enter
 ldr r4, [r12, #SINE]
 mov r5, r4
 mov r6, r4
 ldr r9, [r12, #END]
 ldrd r8, r10, [r12, #LEFT]
 vmsr p0, r10
1:
 butterflies 0, first=1, short=1
 cmp r0, r9
 bne 1b
 mov r0, r7
 pop {r4-r11, pc}
 .size en_mve_stage_short, . - en_mve_stage_short
