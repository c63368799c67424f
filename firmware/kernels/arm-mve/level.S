/* How loud the samples of a hop are, eight at a time. Offsets are those of en_frontend_state (build/generated/frontend-layout.h). */
 .syntax unified
 .thumb
 .text

/* void en_mve_level(en_frontend_state *state, const int16_t *pcm, size_t samples) */
 .global en_mve_level
 .thumb_func
 .type en_mve_level, %function
en_mve_level:
 push {r4, r5, r6, lr}
 ldrd r4, r5, [r0] @ energy
 ldrh r6, [r0, #12] @ peak
 ldrh r3, [r0, #10] @ counted
 add r3, r2
 strh r3, [r0, #10]
 wlstp.16 lr, r2, 2f
1:
 vldrh.u16 q0, [r1], #16
 vmlaldava.s16 r4, r5, q0, q0
 vmaxav.s16 r6, q0
 letp lr, 1b
2:
 strd r4, r5, [r0]
 strh r6, [r0, #12]
 pop {r4, r5, r6, pc}
 .size en_mve_level, . - en_mve_level
