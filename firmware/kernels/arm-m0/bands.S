/* Loops over bins and over samples, for bands.c and level.c. */
#include "thumb.inc"

/* void en_m0_band_sums(const uint32_t *power, const uint8_t *weight, const uint8_t *end, uint64_t sums[2]): of weight times power, and
   of 256 − weight times power. Sums of lower halves (r2: weighted, r8) and of upper ones (r3, r9) stay in 32 bits for at most 256
   bins. r12: end. */
function en_m0_band_sums
 push {r3-r7, lr}
 mov r4, r8
 mov r5, r9
 push {r4, r5}
 mov r12, r2
 movs r2, #0
 mov r8, r2
 mov r9, r2
 movs r3, #0
 b 2f
1:
 ldmia r0!, {r4}
 ldrb r5, [r1]
 adds r1, #1
 uxth r6, r4
 lsrs r4, r4, #16
 add r8, r6
 add r9, r4
 muls r6, r5
 adds r2, r2, r6
 muls r4, r5
 adds r3, r3, r4
2:
 cmp r1, r12
 bne 1b
 lsls r4, r3, #16
 lsrs r3, r3, #16
 movs r7, #0
 adds r2, r2, r4
 adcs r3, r7 @ r3, r2: weighted
 mov r4, r8
 mov r5, r9
 lsls r4, r4, #8 @ 24 bits before
 lsls r6, r5, #24
 lsrs r5, r5, #8
 adds r4, r4, r6
 adcs r5, r7
 subs r4, r4, r2
 sbcs r5, r3
 ldr r0, [sp, #8]
 stmia r0!, {r2-r5}
 pop {r4, r5}
 mov r8, r4
 mov r9, r5
 pop {r3-r7, pc}
 .size en_m0_band_sums, . - en_m0_band_sums

/* uint32_t en_m0_energy(const int16_t *pcm, size_t pairs, uint64_t *energy, uint32_t most): adds the squares of `pairs` of samples to
   the energy; gives the greatest square, or `most`. */
function en_m0_energy
 push {r2, r4-r7, lr}
 lsls r1, r1, #2
 adds r0, r0, r1
 negs r1, r1
 mov lr, r3
 ldmia r2!, {r3, r4}
 mov r2, lr
 movs r7, #0
1:
 ldrsh r5, [r0, r1]
 adds r1, #2
 ldrsh r6, [r0, r1]
 muls r5, r5
 muls r6, r6
 cmp r5, r2
 bls 2f
 movs r2, r5
2:
 cmp r6, r2
 bls 3f
 movs r2, r6
3:
 adds r5, r5, r6
 adds r3, r3, r5
 adcs r4, r7
 adds r1, #2
 bne 1b
 pop {r1}
 stmia r1!, {r3, r4}
 mov r0, r2
 pop {r4-r7, pc}
 .size en_m0_energy, . - en_m0_energy
