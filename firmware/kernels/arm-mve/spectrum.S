/* Window, the FFT's first stage, and power: the loops of spectrum.c. docs/front-end.md defines the results. */
 .syntax unified
 .thumb
 .text

 .macro function name
 .global \name
 .thumb_func
 .type \name, %function
\name:
 .endm

 @ r5 = the greater of it and the magnitudes of a · b
 .macro most a, b
 vmullb.s16 q3, \a, \b
 vmaxav.s32 r5, q3
 vmullt.s16 q3, \a, \b
 vmaxav.s32 r5, q3
 .endm

/* uint32_t en_mve_window_most(const int16_t *window, const int16_t *samples, const int16_t *end, size_t half): the greatest magnitude
   of window times samples, the second half of them from the end backwards. */
function en_mve_window_most
 push {r4, r5, r6, lr}
 movs r4, #14
 vddup.u16 q4, r4, #2
 movs r5, #0
 subs r2, #16
 dlstp.16 lr, r3
1:
 vldrh.u16 q0, [r0], #16
 vldrh.u16 q1, [r1], #16
 vldrh.u16 q2, [r2, q4]
 subs r2, #16
 most q0, q1
 most q0, q2
 letp lr, 1b
 mov r0, r5
 pop {r4, r5, r6, pc}
 .size en_mve_window_most, . - en_mve_window_most

 @ Eight samples q0 times window q1 become four complex values at their places. r2: z, r4: number of the first, r5: left, r6: bits of it.
 .macro place
 vmullb.s16 q2, q0, q1
 vmullt.s16 q3, q0, q1
 vidup.u32 q1, r4, #1
 vrshl.s32 q2, r5
 vrshl.s32 q3, r5
 vbrsr.32 q1, q1, r6
 vmovnt.i32 q2, q3
 vstrw.32 q2, [r2, q1, uxtw #2]
 .endm

/* void en_mve_window(const en_mve_windowing *) */
function en_mve_window
 push {r4-r8, lr}
 ldm r0, {r0, r1, r2, r3, r5, r6}
 movs r4, #14
 vddup.u16 q4, r4, #2
 movs r4, #0
 add r7, r1, r3, lsl #1
 add r8, r0, r3, lsl #1
 dlstp.16 lr, r3
1:
 vldrh.u16 q0, [r1], #16
 vldrh.u16 q1, [r0], #16
 place
 letp lr, 1b
 @ the window backwards
 sub r8, #16
 lsrs r4, r3, #1
 dlstp.16 lr, r3
1:
 vldrh.u16 q0, [r7], #16
 vldrh.u16 q1, [r8, q4]
 sub r8, #16
 place
 letp lr, 1b
 pop {r4-r8, pc}
 .size en_mve_window, . - en_mve_window

/* uint32_t en_mve_pairs(int16_t *z, size_t points): radix-2 butterflies of neighbours, halved: (a − b + 1) >> 1 is a − ((a + b) >> 1).
   Returns the greatest magnitude of what it leaves. */
function en_mve_pairs
 push {r7, lr}
 movs r2, #0
 lsrs r1, #3
 dls lr, r1
1:
 vld20.32 {q0, q1}, [r0]
 vld21.32 {q0, q1}, [r0]
 vrhadd.s16 q2, q0, q1
 vhadd.s16 q3, q0, q1
 vmaxav.s16 r2, q2
 vsub.i16 q3, q0, q3
 vst20.32 {q2, q3}, [r0]
 vmaxav.s16 r2, q3
 vst21.32 {q2, q3}, [r0]!
 le lr, 1b
 mov r0, r2
 pop {r7, pc}
 .size en_mve_pairs, . - en_mve_pairs

/* uint32_t en_mve_fours(int16_t *z, size_t points): radix-4 butterflies of neighbours, quartered: halved rounding down, then rounding
   half up. Values are below 2^14 in magnitude. Returns the greatest magnitude of what it leaves. */
function en_mve_fours
 push {r7, lr}
 movs r2, #0
 lsrs r1, #4
 dls lr, r1
1:
 vld40.32 {q0, q1, q2, q3}, [r0]
 vld41.32 {q0, q1, q2, q3}, [r0]
 vld42.32 {q0, q1, q2, q3}, [r0]
 vld43.32 {q0, q1, q2, q3}, [r0]
 vadd.i16 q4, q0, q1
 vsub.i16 q0, q0, q1
 vadd.i16 q1, q2, q3
 vsub.i16 q2, q2, q3
 vhsub.s16 q6, q4, q1
 vhadd.s16 q4, q4, q1
 vhcadd.s16 q5, q0, q2, #270
 vhcadd.s16 q7, q0, q2, #90
 vrshr.s16 q4, q4, #1
 vrshr.s16 q5, q5, #1
 vrshr.s16 q6, q6, #1
 vrshr.s16 q7, q7, #1
 vmaxav.s16 r2, q4
 vmaxav.s16 r2, q5
 vmaxav.s16 r2, q6
 vmaxav.s16 r2, q7
 vst40.32 {q4, q5, q6, q7}, [r0]
 vst41.32 {q4, q5, q6, q7}, [r0]
 vst42.32 {q4, q5, q6, q7}, [r0]
 vst43.32 {q4, q5, q6, q7}, [r0]!
 le lr, 1b
 mov r0, r2
 pop {r7, pc}
 .size en_mve_fours, . - en_mve_fours

/* uint32_t en_mve_greatest(const int16_t *z, size_t points): the greatest value, or 0 */
function en_mve_greatest
 push {r7, lr}
 movs r2, #0
 lsrs r1, #2
 dls lr, r1
1:
 vldrh.u16 q0, [r0], #16
 vmaxv.s16 r2, q0
 le lr, 1b
 mov r0, r2
 pop {r7, pc}
 .size en_mve_greatest, . - en_mve_greatest

/* void en_mve_squares(uint32_t *spectrum, size_t points, const int16_t *sine, int bits): four k from the front, four from the back;
   the half of the definition's e is VRSHL's rounding. */
function en_mve_squares
 push {r4-r6, lr}
 rsb r5, r3, #0
 adds r2, #2
 add r3, r2, r1 @ cosine
 movs r4, #12
 vddup.u32 q7, r4, #4
 lsrs r6, r1, #3
 add r1, r0, r1, lsl #2
 subs r1, #16
 adds r0, #4
 dls lr, r6
1:
 vldrw.u32 q0, [r0]
 vldrw.u32 q1, [r1, q7]
 vmovlb.s16 q2, q0 @ a
 vmovlt.s16 q0, q0 @ b
 vmovlb.s16 q3, q1 @ c
 vmovlt.s16 q1, q1 @ d
 vadd.i32 q4, q2, q3 @ er
 vsub.i32 q2, q2, q3 @ p
 vsub.i32 q3, q0, q1 @ ei
 vadd.i32 q0, q0, q1 @ q
 vldrh.s32 q5, [r2], #8
 vldrh.s32 q6, [r3], #8
 vmul.i32 q1, q0, q6
 vmul.i32 q6, q2, q6
 vmul.i32 q2, q2, q5
 vmul.i32 q0, q0, q5
 vshr.s32 q1, q1, #2
 vshr.s32 q6, q6, #2
 vshr.s32 q2, q2, #2
 vshr.s32 q0, q0, #2
 vsub.i32 q1, q1, q2 @ tr
 vadd.i32 q6, q6, q0 @ −ti
 vshl.i32 q4, q4, #13
 vshl.i32 q3, q3, #13
 vadd.i32 q0, q4, q1
 vsub.i32 q4, q4, q1
 vsub.i32 q1, q3, q6
 vadd.i32 q3, q3, q6
 vrshl.s32 q0, r5
 vrshl.s32 q1, r5
 vrshl.s32 q4, r5
 vrshl.s32 q3, r5
 vmul.i32 q0, q0, q0
 vmul.i32 q1, q1, q1
 vmul.i32 q4, q4, q4
 vmul.i32 q3, q3, q3
 vadd.i32 q0, q0, q1
 vadd.i32 q4, q4, q3
 vstrw.32 q0, [r0], #16
 vstrw.32 q4, [r1, q7]
 subs r1, #16
 le lr, 1b
 pop {r4-r6, pc}
 .size en_mve_squares, . - en_mve_squares
