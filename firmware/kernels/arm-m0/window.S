/* Sound to the values that the FFT begins with, and how great values are; spectrum.c calls both. z is complex int16, the real part
   first: a word holds one value. */
#include "thumb.inc"

 @ \mask |= \value ^ 2 \value: then the highest bit of the mask is that of the magnitudes' OR, one place up. Changes \other.
 .macro include mask, value, other
 lsls \other, \value, #1
 eors \other, \value
 orrs \mask, \other
 .endm

/* uint32_t en_m0_window_mask(const int16_t *window, const int16_t *samples, size_t half): of all products. One index for both ends:
   while it goes up by 2, the base of the far end goes down by 4. */
function en_m0_window_mask
 push {r4-r7, lr}
 lsls r3, r2, #1
 adds r0, r0, r3
 adds r1, r1, r3
 adds r2, r1, r3
 adds r2, r2, r3
 subs r2, #2
 negs r3, r3
 movs r7, #0
1:
 ldrsh r4, [r0, r3]
 ldrsh r5, [r1, r3]
 muls r5, r4
 include r7, r5, r6
 ldrsh r5, [r2, r3]
 muls r5, r4
 include r7, r5, r6
 subs r2, #4
 adds r3, #2
 bne 1b
 mov r0, r7
 pop {r4-r7, pc}
 .size en_m0_window_mask, . - en_m0_window_mask

 @ Two samples, at \s and \s + 2, times window values at \w and \wn, to z at r6, which \place sets.
 .macro windowed_pair s, w, wn, place:vararg
 movs r6, #\s
 movs r7, #\w
 ldrsh r4, [r0, r6]
 ldrsh r5, [r1, r7]
 muls r4, r5
 movs r6, #\s + 2
 movs r7, #\wn
 ldrsh r5, [r0, r6]
 ldrsh r6, [r1, r7]
 muls r5, r6
 add r4, r8
 add r5, r8
 mov r6, r9
 asrs r4, r4, r6
 asrs r5, r5, r6
 adds r6, r2, r3
 \place
 strh r4, [r6]
 strh r5, [r6, #2]
 .endm

 @ r3, the place of an even value, becomes that of the next even one: bit-reversed counting from bit r10 down.
 .macro next_reversed
 mov r4, r10
 b .Ltoggle\@
.Lcarry\@:
 lsrs r4, r4, #1
.Ltoggle\@:
 eors r3, r4
 tst r3, r4
 beq .Lcarry\@
 .endm

/* void en_m0_windowed(const windowed_job *): z, samples, window, half of the window, points, shift. Four samples a round; r11 is from
   the place of an even value to that of the odd one after it. */
function en_m0_windowed
 enter 0
 movs r7, r0
 ldr r1, [r7, #20]
 mov r9, r1
 movs r2, #1
 lsls r2, r2, r1
 lsrs r2, r2, #1
 mov r8, r2
 ldr r1, [r7, #16]
 mov r10, r1
 lsls r1, r1, #1
 mov r11, r1
 ldr r2, [r7]
 ldr r0, [r7, #4]
 ldr r1, [r7, #8]
 ldr r3, [r7, #12]
 lsls r3, r3, #1
 adds r3, r3, r1
 mov r12, r3
 mov lr, r1
 movs r3, #0
1:
 windowed_pair 0, 0, 2
 windowed_pair 4, 4, 6, add r6, r11
 next_reversed
 adds r0, #8
 adds r1, #8
 cmp r1, r12
 bne 1b
2:
 subs r1, #8
 windowed_pair 0, 6, 4
 windowed_pair 4, 2, 0, add r6, r11
 adds r0, #8
 cmp r1, lr
 beq 3f
 next_reversed
 b 2b
3:
 leave 0
 .size en_m0_windowed, . - en_m0_windowed

/* uint32_t en_m0_mask(const int16_t *z, size_t points): of both halves of all words; points a multiple of 8. Bit 16 says nothing: it
   comes from both. */
function en_m0_mask
 push {r4-r7, lr}
 lsls r1, r1, #2
 adds r1, r1, r0
 movs r2, #0
1:
 .rept 2
 ldmia r0!, {r3-r6}
 .irp value, r3, r4, r5, r6
 include r2, \value, r7
 .endr
 .endr
 cmp r0, r1
 bne 1b
 mov r0, r2
 pop {r4-r7, pc}
 .size en_m0_mask, . - en_m0_mask
