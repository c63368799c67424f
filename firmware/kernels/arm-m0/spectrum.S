/* The stages of the FFT and the power; spectrum.c says in which order they run, docs/front-end.md what they compute. z is as in
   window.S. */
#include "thumb.inc"

/* void en_m0_pairs(int16_t *z, size_t points): radix-2 butterflies of neighbours, halved */
function en_m0_pairs
 push {r4-r7, lr}
 lsls r1, r1, #2
 adds r1, r1, r0
1:
 ldmia r0!, {r2, r3}
 sxth r4, r2
 sxth r5, r3
 asrs r2, r2, #16
 asrs r3, r3, #16
 adds r4, #1
 adds r2, #1
 adds r6, r4, r5
 subs r4, r4, r5
 adds r7, r2, r3
 subs r2, r2, r3
 asrs r6, r6, #1
 asrs r4, r4, #1
 asrs r7, r7, #1
 asrs r2, r2, #1
 subs r0, #8
 strh r6, [r0]
 strh r7, [r0, #2]
 strh r4, [r0, #4]
 strh r2, [r0, #6]
 adds r0, #8
 cmp r0, r1
 bne 1b
 pop {r4-r7, pc}
 .size en_m0_pairs, . - en_m0_pairs

 @ \a, \b = \a + \b, \a − \b
 .macro sum_difference a, b
 adds \a, \a, \b
 lsls \b, \b, #1
 subs \b, \a, \b
 .endm

 @ The parts at r0 of the quarters 0, 2, 1, 3, r1 apart: r4 = a + c + half, r5 = a − c + half, r6 = b + d, r7 = b − d.
 .macro plain_part
 ldrh r4, [r0]
 sxth r4, r4
 ldrsh r5, [r0, r1]
 ldrsh r6, [r0, r2]
 ldrsh r7, [r0, r3]
 add r4, r8
 sum_difference r4, r5
 sum_difference r6, r7
 sum_difference r4, r6
 .endm

/* void en_m0_plain(int16_t *z, const int16_t *end, size_t leg, int shift): radix-4 butterflies without rotation, `leg` bytes apart,
   from z on every 4 legs. In exact integers, so that docs/front-end.md's 2^13 falls out. r8: half, r9: shift, r12: end. */
function en_m0_plain
 enter 0
 mov r9, r3
 mov r12, r1
 movs r4, #1
 lsls r4, r4, r3
 lsrs r4, r4, #1
 mov r8, r4
 movs r1, r2
 lsls r2, r1, #1
 adds r3, r2, r1
1:
 plain_part
 mov r10, r5
 mov r11, r7
 mov r7, r9
 asrs r4, r4, r7
 asrs r6, r6, r7
 strh r4, [r0]
 strh r6, [r0, r2]
 adds r0, #2
 plain_part
 mov lr, r5
 mov r5, r9
 asrs r4, r4, r5
 asrs r6, r6, r5
 strh r4, [r0]
 strh r6, [r0, r2]
 @ r10, lr: a − c; r11, r7: b − d. y1 = a − c − i (b − d), y3 = a − c + i (b − d)
 mov r4, r11
 mov r6, lr
 subs r6, r6, r4
 asrs r6, r6, r5
 strh r6, [r0, r1]
 add r4, lr
 asrs r4, r4, r5
 strh r4, [r0, r3]
 subs r0, #2
 mov r4, r10
 adds r6, r4, r7
 asrs r6, r6, r5
 strh r6, [r0, r1]
 subs r4, r4, r7
 asrs r4, r4, r5
 strh r4, [r0, r3]
 adds r0, r0, r3
 adds r0, r0, r1
 cmp r0, r12
 blo 1b
 leave 0
 .size en_m0_plain, . - en_m0_plain

 @ Frame of en_m0_rotated: the job (spectrum.c), then c, s − c and s + c of W^k, W^2k, W^3k.
 .equ LEG, 4
 .equ LEG2, 8
 .equ LEG3, 12
 .equ LEG4, 16
 .equ END, 20
 .equ SINE, 24
 .equ COSINE, 28
 .equ STEP, 32
 .equ ANGLE, 36
 .equ LAST, 40
 .equ W1, 44
 .equ W2, 56
 .equ W3, 68
 .equ FRAME, 80

 @ Sine and cosine at byte r4 of the table at r5, cosine r6 bytes on, to \at of the frame.
 .macro put_angle at
 ldrsh r1, [r5, r4]
 adds r2, r5, r6
 ldrsh r2, [r2, r4]
 str r2, [sp, #\at]
 subs r3, r1, r2
 str r3, [sp, #\at + 4]
 adds r3, r1, r2
 str r3, [sp, #\at + 8]
 .endm

 @ r2 + i r3 = the value r1 bytes from r0 times c − i s, both parts >> 2. Three products: re = c (z0 + z1) + (s − c) z1,
 @ im = c (z0 + z1) − (s + c) z0; on the way sums may wrap. Changes r4, r5.
 .macro rotate at
 ldr r2, [r0, r1]
 sxth r3, r2
 asrs r2, r2, #16
 adds r4, r2, r3
 ldr r5, [sp, #\at]
 muls r4, r5
 ldr r5, [sp, #\at + 4]
 muls r2, r5
 ldr r5, [sp, #\at + 8]
 muls r3, r5
 adds r2, r2, r4
 subs r3, r4, r3
 asrs r2, r2, #2
 asrs r3, r3, #2
 .endm

/* void en_m0_rotated(const rotated_job *): for k = 1 … quarter − 1 the butterflies of value k of all quarters. r8, r9: b + d;
   r10, r11: b − d; r12: half; lr: shift. */
function en_m0_rotated
 enter FRAME
 ldmia r0!, {r1-r4} @ z, leg, 2 legs, 3 legs
 ldmia r0!, {r5-r7} @ 4 legs, end, sine
 str r1, [sp]
 str r2, [sp, #LEG]
 str r3, [sp, #LEG2]
 str r4, [sp, #LEG3]
 str r5, [sp, #LEG4]
 str r6, [sp, #END]
 str r7, [sp, #SINE]
 adds r1, r1, r2
 str r1, [sp, #LAST]
 ldmia r0!, {r1-r4} @ cosine, step, half, shift
 str r1, [sp, #COSINE]
 str r2, [sp, #STEP]
 str r2, [sp, #ANGLE]
 mov r12, r3
 mov lr, r4
 ldr r0, [sp]
 adds r0, #4
angle:
 str r0, [sp]
 ldr r4, [sp, #ANGLE]
 movs r7, r4
 ldr r5, [sp, #SINE]
 ldr r6, [sp, #COSINE]
 put_angle W1
 adds r4, r4, r7
 put_angle W2
 adds r4, r4, r7
 put_angle W3
 ldr r4, [sp, #STEP]
 adds r7, r7, r4
 str r7, [sp, #ANGLE]
group:
 ldr r1, [sp, #LEG2]
 rotate W1
 movs r6, r2
 movs r7, r3
 ldr r1, [sp, #LEG3]
 rotate W3
 adds r4, r6, r2
 mov r8, r4
 subs r6, r6, r2
 mov r10, r6
 adds r4, r7, r3
 mov r9, r4
 subs r7, r7, r3
 mov r11, r7
 ldr r1, [sp, #LEG]
 rotate W2
 ldr r4, [r0]
 lsls r5, r4, #16
 asrs r5, r5, #3
 asrs r4, r4, #16
 lsls r4, r4, #13
 add r5, r12
 add r4, r12
 adds r6, r5, r2
 subs r5, r5, r2
 adds r7, r4, r3
 subs r4, r4, r3
 @ a + c: r6, r7; a − c: r5, r4
 mov r3, lr
 mov r1, r8
 adds r2, r6, r1
 subs r6, r6, r1
 asrs r2, r2, r3
 asrs r6, r6, r3
 strh r2, [r0]
 mov r1, r9
 adds r2, r7, r1
 subs r7, r7, r1
 asrs r2, r2, r3
 asrs r7, r7, r3
 strh r2, [r0, #2]
 ldr r1, [sp, #LEG2]
 adds r1, r1, r0
 strh r6, [r1]
 strh r7, [r1, #2]
 mov r1, r11
 adds r2, r5, r1
 subs r5, r5, r1
 asrs r2, r2, r3
 asrs r5, r5, r3
 mov r1, r10
 subs r6, r4, r1
 adds r4, r4, r1
 asrs r6, r6, r3
 asrs r4, r4, r3
 ldr r1, [sp, #LEG]
 adds r1, r1, r0
 strh r2, [r1]
 strh r6, [r1, #2]
 ldr r1, [sp, #LEG3]
 adds r1, r1, r0
 strh r5, [r1]
 strh r4, [r1, #2]
 ldr r1, [sp, #LEG4]
 adds r0, r0, r1
 ldr r1, [sp, #END]
 cmp r0, r1
 blo group
 ldr r0, [sp]
 adds r0, #4
 ldr r1, [sp, #LAST]
 cmp r0, r1
 beq 1f
 b angle
1:
 leave FRAME
 .size en_m0_rotated, . - en_m0_rotated

/* void en_m0_squares(uint32_t *spectrum, size_t points, const int16_t *sine, int bits): from both ends to the middle. r8: half,
   r9: the sine, r10: bytes from it to the cosine, r12: bits. */
function en_m0_squares
 enter 0
 mov r12, r3
 movs r4, #1
 lsls r4, r4, r3
 lsrs r4, r4, #1
 mov r8, r4
 mov r9, r2
 mov r10, r1
 lsls r1, r1, #2
 adds r1, r1, r0
 adds r0, #4
 subs r1, #4
1:
 ldr r2, [r0]
 sxth r3, r2
 asrs r2, r2, #16
 ldr r4, [r1]
 sxth r5, r4
 asrs r4, r4, #16
 subs r6, r3, r5 @ p
 adds r3, r3, r5
 adds r7, r2, r4 @ q
 subs r2, r2, r4
 lsls r3, r3, #13
 add r3, r8 @ re of e
 lsls r2, r2, #13
 add r2, r8
 mov r11, r2 @ im of e
 mov r5, r9
 adds r5, #2
 mov r9, r5
 mov r4, r10
 ldrsh r4, [r5, r4] @ cosine
 ldrh r5, [r5]
 sxth r5, r5 @ sine
 movs r2, r7
 muls r2, r4
 muls r7, r5
 muls r5, r6
 muls r6, r4
 asrs r2, r2, #2
 asrs r7, r7, #2
 asrs r5, r5, #2
 asrs r6, r6, #2
 subs r2, r2, r5 @ re of t
 adds r6, r6, r7 @ −im of t
 adds r4, r3, r2
 subs r3, r3, r2
 mov r5, r11
 subs r7, r5, r6
 adds r5, r5, r6
 mov r2, r12
 asrs r4, r4, r2
 asrs r7, r7, r2
 asrs r3, r3, r2
 asrs r5, r5, r2
 muls r4, r4
 muls r7, r7
 muls r3, r3
 muls r5, r5
 adds r4, r4, r7
 adds r3, r3, r5
 str r4, [r0]
 str r3, [r1]
 adds r0, #4
 subs r1, #4
 cmp r0, r1
 bls 1b
 leave 0
 .size en_m0_squares, . - en_m0_squares
