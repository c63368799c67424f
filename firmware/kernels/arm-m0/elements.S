/* Element by element; elements.c chooses these where every sum stays in 32 bits. Pointers stand at the ends of their vectors, one
   index runs up to 0. */
#include "thumb.inc"

 @ Moves pointers to the ends of vectors of \rows elements, which becomes the index.
 .macro to_ends rows, pointers:vararg
 lsls \rows, \rows, #1
 .irp pointer, \pointers
 adds \pointer, \pointer, \rows
 .endr
 negs \rows, \rows
 .endm

/* void en_m0_multiply_short(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift): sat16((a · b + half) >> shift) */
function en_m0_multiply_short
 push {r4-r7, lr}
 to_ends r3, r0, r1, r2
 ldr r6, [sp, #20]
 movs r7, #1
 lsls r7, r7, r6
 lsrs r7, r7, #1
1:
 ldrsh r4, [r0, r3]
 ldrsh r5, [r1, r3]
 muls r4, r5
 adds r4, r4, r7
 asrs r4, r4, r6
 saturate r4, r5
 strh r4, [r2, r3]
 adds r3, #2
 bne 1b
 pop {r4-r7, pc}
 .size en_m0_multiply_short, . - en_m0_multiply_short

 @ The stack of both functions below: rows, half, and two shifts that become r9 and r10. r8: half; r4: the index. Leaves r5 = a · b + half.
 .macro enter_multiply_add
 enter 0
 ldr r4, [sp, #36]
 to_ends r4, r0, r1, r2, r3
 ldr r5, [sp, #40]
 mov r8, r5
 ldr r5, [sp, #44]
 mov r9, r5
 ldr r5, [sp, #48]
 mov r10, r5
1:
 ldrsh r5, [r0, r4]
 ldrsh r6, [r1, r4]
 muls r5, r6
 add r5, r8
 .endm

 .macro leave_multiply_add
 saturate r5, r6
 strh r5, [r3, r4]
 adds r4, #2
 bne 1b
 leave 0
 .endm

/* void en_m0_multiply_add_finer(const int16_t *a, const int16_t *b, const int16_t *c, int16_t *y, size_t rows, int32_t half, int first,
   int rest): sat16((((a · b + half) >> first) + c) >> rest) */
function en_m0_multiply_add_finer
 enter_multiply_add
 mov r7, r9
 asrs r5, r5, r7
 ldrsh r6, [r2, r4]
 adds r5, r5, r6
 mov r7, r10
 asrs r5, r5, r7
 leave_multiply_add
 .size en_m0_multiply_add_finer, . - en_m0_multiply_add_finer

/* void en_m0_multiply_add_coarser(…, int first, int late): sat16(((a · b + half) >> first) + c · 2^late) */
function en_m0_multiply_add_coarser
 enter_multiply_add
 mov r7, r9
 asrs r5, r5, r7
 ldrsh r6, [r2, r4]
 mov r7, r10
 lsls r6, r6, r7
 adds r5, r5, r6
 leave_multiply_add
 .size en_m0_multiply_add_coarser, . - en_m0_multiply_add_coarser

/* size_t en_m0_blend_same(const int16_t *z, const int16_t *a, const int16_t *b, int16_t *y, size_t rows): ((z · (a − b) + half) >> 15) + b,
   for all of one format, which lies between a and b; stops at a negative z and gives the number of elements that are left. */
function en_m0_blend_same
 push {r4-r7, lr}
 ldr r4, [sp, #20]
 to_ends r4, r0, r1, r2, r3
1:
 ldrsh r5, [r0, r4]
 cmp r5, #0
 blt 2f
 ldrsh r6, [r1, r4]
 ldrsh r7, [r2, r4]
 subs r6, r6, r7
 muls r5, r6
 asrs r5, r5, #15 @ carry: the last bit dropped, so it rounds
 adcs r5, r7
 strh r5, [r3, r4]
 adds r4, #2
 bne 1b
2:
 negs r0, r4
 lsrs r0, r0, #1
 pop {r4-r7, pc}
 .size en_m0_blend_same, . - en_m0_blend_same

 @ r4, 0 … 32767, becomes the table's value for it. r3: table, r7: 32768. Changes r5, r6.
 .macro look_up
 lsrs r5, r4, #6
 lsls r5, r5, #2
 ldr r6, [r3, r5]
 lsls r4, r4, #26
 lsrs r4, r4, #16
 subs r4, r4, r7
 sxth r5, r6
 muls r4, r5
 adds r4, r4, r6
 asrs r4, r4, #16
 .endm

 @ For a in Q4.11. \symmetry turns the value of −a, in r4, to that of a.
 .macro of_table symmetry:vararg
 push {r4-r7, lr}
 to_ends r2, r0, r1
 movs r7, #1
 lsls r7, r7, #15
1:
 ldrsh r4, [r0, r2]
 cmp r4, #0
 blt 2f
 look_up
 strh r4, [r1, r2]
 adds r2, #2
 bne 1b
 pop {r4-r7, pc}
2:
 negs r4, r4
 lsrs r5, r4, #15
 subs r4, r4, r5 @ 32768 becomes 32767
 look_up
 \symmetry
 strh r4, [r1, r2]
 adds r2, #2
 bne 1b
 pop {r4-r7, pc}
 .endm

/* void en_m0_sigmoid_table(const int16_t *a, int16_t *y, size_t rows, const int32_t *table) */
function en_m0_sigmoid_table
 of_table subs r4, r7, r4
 .size en_m0_sigmoid_table, . - en_m0_sigmoid_table

/* void en_m0_tanh_table(const int16_t *a, int16_t *y, size_t rows, const int32_t *table) */
function en_m0_tanh_table
 of_table negs r4, r4
 .size en_m0_tanh_table, . - en_m0_tanh_table
