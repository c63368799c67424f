@ sums += column · value for one column of int8 and blocks of four rows.
  .syntax unified
  .thumb
  .text

@ void en_dsp_add_column(const int8_t *column, int value, int32_t *sums, size_t fours): fours at least 1
  .global en_dsp_add_column
  .type en_dsp_add_column, %function
  .thumb_func
  .balign 4
en_dsp_add_column:
  push {r4-r9, lr}
  lsrs r12, r3, #1
  beq 2f
1:
  ldr r4, [r0], #4
  ldmia r2, {r5-r8}
  sxtb16 r9, r4            @ rows 0 and 2
  sxtb16 r4, r4, ror #8    @ rows 1 and 3
  smlabb r5, r9, r1, r5
  smlabb r6, r4, r1, r6
  smlatb r7, r9, r1, r7
  smlatb r8, r4, r1, r8
  stmia r2!, {r5-r8}
  ldr r4, [r0], #4
  ldmia r2, {r5-r8}
  sxtb16 r9, r4
  sxtb16 r4, r4, ror #8
  smlabb r5, r9, r1, r5
  smlabb r6, r4, r1, r6
  smlatb r7, r9, r1, r7
  smlatb r8, r4, r1, r8
  stmia r2!, {r5-r8}
  subs r12, #1
  bne 1b
2:
  lsls r3, r3, #31
  beq 3f
  ldr r4, [r0]
  ldmia r2, {r5-r8}
  sxtb16 r9, r4
  sxtb16 r4, r4, ror #8
  smlabb r5, r9, r1, r5
  smlabb r6, r4, r1, r6
  smlatb r7, r9, r1, r7
  smlatb r8, r4, r1, r8
  stmia r2, {r5-r8}
3:
  pop {r4-r9, pc}
