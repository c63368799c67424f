/* Matrix by vector. The vector stays in registers, up to 64 columns of it, while rows pass by, four at a time: then little else is left
   to do than to load weights and to multiply, one instruction each for eight of them. docs/arithmetic.md defines the results. */
 .syntax unified
 .thumb
 .text

 .macro function name
 .global \name
 .thumb_func
 .type \name, %function
\name:
 .endm

 @ Eight columns of the rows at r1, r3, r5, r7 by the vector's \x, to the sums r0, r2, r4, r6; \at: the end of the address.
 @ Weights must have a low register, sums an even one.
 .macro columns op, x, at, even=q6
 vldrb.s16 \even, [r1\at
 \op\().s16 r0, \x, \even
 vldrb.s16 q7, [r3\at
 \op\().s16 r2, \x, q7
 vldrb.s16 \even, [r5\at
 \op\().s16 r4, \x, \even
 vldrb.s16 q7, [r7\at
 \op\().s16 r6, \x, q7
 .endm

 @ The same of fewer columns, as P0 says; they begin the sums.
 .macro part_columns x, at
 vpstttt
 vldrbt.s16 q6, [r1\at
 vmladavt.s16 r0, \x, q6
 vldrbt.s16 q7, [r3\at
 vmladavt.s16 r2, \x, q7
 vpstttt
 vldrbt.s16 q6, [r5\at
 vmladavt.s16 r4, \x, q6
 vldrbt.s16 q7, [r7\at
 vmladavt.s16 r6, \x, q7
 .endm

 .macro load x, eight
 .if \eight >= 0
 vldrh.u16 \x, [r9, #16 * (\eight)]
 .endif
 .endm

 .macro resident x, eight
 .if \eight >= 0
 columns vmladava, \x, ", #8 * (\eight)]"
 .endif
 .endm

 .macro passing eight
 .if \eight >= 0
 vldrh.u16 q6, [r9, #16 * (\eight)]
 columns vmladava, q6, ", #8 * (\eight)]", q7
 .endif
 .endm

 .macro rows_of_block
 add r3, r1, r8
 add r5, r3, r8
 add r7, r5, r8
 .endm

 .macro put_sums
 strd r0, r2, [r10], #8
 strd r4, r6, [r10], #8
 .endm

 @ Blocks of four rows by \eights times eight columns, the last of these full or in part. The last six eights of the vector are in q5
 @ to q0, others pass.
 .macro blocks eights, extent
sums_\extent\()_\eights:
 .ifc \extent, part
 vpst
 vldrht.u16 q5, [r9, #16 * (\eights - 1)]
 .else
 load q5, \eights - 1
 .endif
 load q4, \eights - 2
 load q3, \eights - 3
 load q2, \eights - 4
 load q1, \eights - 5
 load q0, \eights - 6
1:
 rows_of_block
 .ifc \extent, part
 part_columns q5, ", #8 * (\eights - 1)]"
 .else
 columns vmladav, q5, ", #8 * (\eights - 1)]"
 .endif
 resident q4, \eights - 2
 resident q3, \eights - 3
 resident q2, \eights - 4
 resident q1, \eights - 5
 resident q0, \eights - 6
 passing \eights - 7
 passing \eights - 8
 add r1, r7, r8
 put_sums
 le lr, 1b
 b rows_left
 .endm

/* void en_mve_sums(const en_term *, size_t row, size_t rows, int32_t *sums): of `rows` rows from `row` on */
function en_mve_sums
 push {r4-r11, lr}
 mov r10, r3
 ldrd r4, r9, [r0]
 ldr r8, [r0, #8]
 mla r1, r1, r8, r4
 and r11, r2, #3
 lsr r2, r2, #2
 cmp r8, #64
 bhi wide
 lsr r4, r8, #3
 ands r5, r8, #7
 it eq
 addeq r4, #7
 vctp.16 r5
 wls lr, r2, rows_left
 tbh [pc, r4, lsl #1]
2:
 .irp extent, part, full
 .irp eights, 1, 2, 3, 4, 5, 6, 7, 8
 .short (sums_\extent\()_\eights - 2b) / 2
 .endr
 .endr
 .irp extent, part, full
 .irp eights, 1, 2, 3, 4, 5, 6, 7, 8
 blocks \eights, \extent
 .endr
 .endr
wide:
 @ 48 columns of the vector stay, r12 pass.
 cmp r2, #0
 beq rows_left
 load q0, 0
 load q1, 1
 load q2, 2
 load q3, 3
 load q4, 4
 load q5, 5
 sub r12, r8, #48
 rsb r3, r12, #0
 and r3, #7 @ how far beyond a row its last eight columns end
 push {r2, r3, r11, lr}
1:
 rows_of_block
 columns vmladav, q1, ", #8]"
 columns vmladava, q2, ", #16]"
 columns vmladava, q3, ", #24]"
 columns vmladava, q4, ", #32]"
 columns vmladava, q5, ", #40]"
 columns vmladava, q0, "], #48"
 add r11, r9, #96
 dlstp.16 lr, r12
3:
 vldrh.u16 q6, [r11], #16
 columns vmladava, q6, "], #8", q7
 letp lr, 3b
 put_sums
 pop {r2, r3}
 sub r1, r7, r3
 subs r2, #1
 push {r2, r3}
 bne 1b
 pop {r2, r3, r11, lr}
rows_left:
 cmp r11, #0
 beq 6f
4:
 movs r0, #0
 mov r2, r1
 mov r3, r9
 dlstp.16 lr, r8
5:
 vldrb.s16 q0, [r2], #8
 vldrh.u16 q1, [r3], #16
 vmladava.s16 r0, q0, q1
 letp lr, 5b
 str r0, [r10], #4
 add r1, r1, r8
 subs r11, #1
 bne 4b
6:
 pop {r4-r11, pc}
 .size en_mve_sums, . - en_mve_sums

/* void en_mve_scale(const int32_t *sums, const int32_t *b, int16_t *y, size_t rows, size_t constant_bytes): m follows b at that distance */
function en_mve_scale
 push {r4, lr}
 ldr r4, [sp, #8]
 add r4, r1, r4
 dlstp.32 lr, r3
1:
 vldrw.u32 q0, [r0], #16
 vldrw.u32 q1, [r4], #16
 vldrw.u32 q2, [r1], #16
 vrmulh.s32 q0, q0, q1
 vadd.i32 q0, q0, q2
 vqmovnb.s32 q0, q0
 vstrh.32 q0, [r2], #8
 letp lr, 1b
 pop {r4, pc}
 .size en_mve_scale, . - en_mve_scale

/* void en_mve_scale_both(const int32_t *W, const int32_t *U, const int32_t *b, int16_t *y, size_t rows, size_t constant_bytes):
   b + the upper halves of both products + the carry of their lower halves and 2^31. mW and mU follow b, each at that distance. */
function en_mve_scale_both
 push {r4-r6, lr}
 ldrd r4, r6, [sp, #16]
 add r5, r2, r6
 add r6, r5, r6
 dlstp.32 lr, r4
1:
 vldrw.u32 q0, [r0], #16
 vldrw.u32 q1, [r5], #16
 vldrw.u32 q2, [r1], #16
 vldrw.u32 q3, [r6], #16
 vmul.i32 q4, q0, q1
 vmulh.s32 q0, q0, q1
 vmul.i32 q5, q2, q3
 vmulh.s32 q2, q2, q3
 vhadd.u32 q4, q4, q5
 vldrw.u32 q1, [r2], #16
 vadd.i32 q0, q0, q2
 vrshr.u32 q4, q4, #31
 vadd.i32 q0, q0, q1
 vadd.i32 q0, q0, q4
 vqmovnb.s32 q0, q0
 vstrh.32 q0, [r3], #8
 letp lr, 1b
 pop {r4-r6, pc}
 .size en_mve_scale_both, . - en_mve_scale_both
