/* Element by element, eight at a time. Shifts by a register go left if positive; VRSHL and VQRSHL by −n are (v + 2^(n − 1)) >> n whatever v
   and n, VQRSHL to the left saturates: so with VQMOVN after it one form serves all shifts. elements.c says where sums stay in 32 bits. */
 .syntax unified
 .thumb
 .text

 .macro function name
 .global \name
 .thumb_func
 .type \name, %function
\name:
 .endm

 .macro pairs rows
 adds \rows, #1
 bic \rows, #1
 .endm

 @ q2 = even and odd elements of q2 and q3, limited.
 .macro put to
 vqmovnb.s32 q2, q2
 vqmovnt.s32 q2, q3
 vstrh.16 q2, [\to], #16
 .endm

/* void en_mve_multiply(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int shift) */
function en_mve_multiply
 push {r7, lr}
 ldr r12, [sp, #8]
 cmp r12, #15
 beq 2f
 rsb r12, #0
 pairs r3
 dlstp.16 lr, r3
1:
 vldrh.u16 q0, [r0], #16
 vldrh.u16 q1, [r1], #16
 vmullb.s16 q2, q0, q1
 vmullt.s16 q3, q0, q1
 vqrshl.s32 q2, r12
 vqrshl.s32 q3, r12
 put r2
 letp lr, 1b
 pop {r7, pc}
2:
 dlstp.16 lr, r3
3:
 vldrh.u16 q0, [r0], #16
 vldrh.u16 q1, [r1], #16
 vqrdmulh.s16 q0, q0, q1
 vstrh.16 q0, [r2], #16
 letp lr, 3b
 pop {r7, pc}
 .size en_mve_multiply, . - en_mve_multiply

 @ q2, q3 = even and odd a · b
 .macro product
 vldrh.u16 q0, [r0], #16
 vldrh.u16 q1, [r1], #16
 vmullb.s16 q2, q0, q1
 vmullt.s16 q3, q0, q1
 vldrh.u16 q1, [r2], #16
 .endm

 @ q2, q3 = even and odd z · a − z · b; q1 = b. At most 2^31 − 2^15 in magnitude.
 .macro difference
 vldrh.u16 q0, [r0], #16
 vldrh.u16 q4, [r1], #16
 vldrh.u16 q1, [r2], #16
 vmullb.s16 q2, q0, q4
 vmullb.s16 q5, q0, q1
 vmullt.s16 q3, q0, q4
 vmullt.s16 q4, q0, q1
 vsub.i32 q2, q2, q5
 vsub.i32 q3, q3, q4
 .endm

 @ r0, r1, r2: arguments, r3: result, then rows and shifts, as elements.c says
 .macro arguments
 push {r4-r6, lr}
 ldrd r4, r5, [sp, #16]
 ldr r6, [sp, #24]
 pairs r4
 .endm

 @ y = sat16(((p >> down) + c + 2^(rest − 1)) >> rest); r5: −down, r6: −rest
 .macro before p
 arguments
 dlstp.16 lr, r4
1:
 \p
 vshl.s32 q2, r5
 vshl.s32 q3, r5
 vmovlb.s16 q0, q1
 vmovlt.s16 q1, q1
 vadd.i32 q2, q2, q0
 vadd.i32 q3, q3, q1
 vrshl.s32 q2, r6
 vrshl.s32 q3, r6
 put r3
 letp lr, 1b
 pop {r4-r6, pc}
 .endm

 @ y = sat16(((p + 2^(down − 1)) >> down) + c · k); r5: −down, r6: k
 .macro after p
 arguments
 vdup.16 q7, r6
 dlstp.16 lr, r4
1:
 \p
 vrshl.s32 q2, r5
 vrshl.s32 q3, r5
 vmullb.s16 q0, q1, q7
 vmullt.s16 q1, q1, q7
 vadd.i32 q2, q2, q0
 vadd.i32 q3, q3, q1
 put r3
 letp lr, 1b
 pop {r4-r6, pc}
 .endm

function en_mve_multiply_add_before
 before product
 .size en_mve_multiply_add_before, . - en_mve_multiply_add_before

function en_mve_multiply_add_after
 after product
 .size en_mve_multiply_add_after, . - en_mve_multiply_add_after

function en_mve_blend_before
 before difference
 .size en_mve_blend_before, . - en_mve_blend_before

function en_mve_blend_after
 after difference
 .size en_mve_blend_after, . - en_mve_blend_after

/* void en_mve_sum(const int16_t *a, const int16_t *b, int16_t *y, size_t rows, int32_t ka, int32_t kb, int left): a · ka + b · kb */
function en_mve_sum
 push {r4-r6, lr}
 ldrd r4, r5, [sp, #16]
 ldr r6, [sp, #24]
 vdup.16 q6, r4
 vdup.16 q7, r5
 pairs r3
 dlstp.16 lr, r3
1:
 vldrh.u16 q0, [r0], #16
 vldrh.u16 q1, [r1], #16
 vmullb.s16 q2, q0, q6
 vmullt.s16 q3, q0, q6
 vmullb.s16 q0, q1, q7
 vmullt.s16 q1, q1, q7
 vadd.i32 q2, q2, q0
 vadd.i32 q3, q3, q1
 vqrshl.s32 q2, r6
 vqrshl.s32 q3, r6
 put r2
 letp lr, 1b
 pop {r4-r6, pc}
 .size en_mve_sum, . - en_mve_sum

/* void en_mve_convert(const int16_t *a, int16_t *y, size_t rows, int shift) */
function en_mve_convert
 push {r7, lr}
 rsb r3, #0
 dlstp.16 lr, r2
1:
 vldrh.u16 q0, [r0], #16
 vqrshl.s16 q0, r3
 vstrh.16 q0, [r1], #16
 letp lr, 1b
 pop {r7, pc}
 .size en_mve_convert, . - en_mve_convert

/* void en_mve_sigmoid(const int16_t *a, int16_t *y, size_t rows, int shift): by the table of the positive half
   (host/spec/activations.ts), 2^15 minus it where the argument is negative. An argument that saturates is beyond the table's end. */
function en_mve_sigmoid
 ldr r12, =en_sigmoid_table
 vmov.i16 q6, #0x8000
 b activate
 .size en_mve_sigmoid, . - en_mve_sigmoid

/* void en_mve_tanh(const int16_t *a, int16_t *y, size_t rows, int shift) */
function en_mve_tanh
 ldr r12, =en_tanh_table
 vmov.i16 q6, #0
activate:
 push {r7, lr}
 rsb r3, #0
 vmov.i16 q7, #0x8000
 pairs r2
 dlstp.16 lr, r2
1:
 vldrh.u16 q0, [r0], #16
 vqrshl.s16 q0, r3
 vqabs.s16 q1, q0
 vshr.u16 q2, q1, #6
 vmovlb.u16 q3, q2
 vmovlt.u16 q2, q2
 vldrw.u32 q4, [r12, q3, uxtw #2]
 vldrw.u32 q5, [r12, q2, uxtw #2]
 @ how far from the cell's centre, · 2^10; times the slope in a word's lower half
 vshl.i16 q1, q1, #10
 veor q1, q1, q7
 vmullb.s16 q2, q4, q1
 vrev32.16 q1, q1
 vmullb.s16 q3, q5, q1
 vadd.i32 q4, q4, q2
 vadd.i32 q5, q5, q3
 @ the upper halves: odd ones stay where they are
 vshrnb.i32 q5, q4, #16
 vpt.s16 lt, q0, zr
 vsubt.i16 q5, q6, q5
 vstrh.16 q5, [r1], #16
 letp lr, 1b
 pop {r7, pc}
 .pool
 .size en_mve_tanh, . - en_mve_tanh
