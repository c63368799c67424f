/* Energy and extremes of samples: the loop of level.c. */
 .syntax unified
 .thumb
 .text

 @ \to = the greater halves of \a and \b; GE tells SEL which they are.
 .macro greater to, a, b
 ssub16 r12, \a, \b
 sel \to, \a, \b
 .endm

/* void en_dsp_level_of(const int16_t *pcm, size_t eights, en_dsp_loudness *) */
 .global en_dsp_level_of
 .thumb_func
 .type en_dsp_level_of, %function
en_dsp_level_of:
 push {r2, r4-r11, lr}
 ldm r2, {r2-r5}
1:
 @ r2:r3: energy, r4: most, r5: least
 ldm r0!, {r6-r9}
 smlald r2, r3, r6, r6
 smlald r2, r3, r7, r7
 smlald r2, r3, r8, r8
 smlald r2, r3, r9, r9
 greater r10, r6, r7
 sel r6, r7, r6
 greater r11, r8, r9
 sel r8, r9, r8
 greater r10, r10, r11
 greater r4, r10, r4
 ssub16 r12, r6, r8
 sel r6, r8, r6
 ssub16 r12, r5, r6
 sel r5, r6, r5
 subs r1, #1
 bne 1b
 pop {r12}
 stm r12, {r2-r5}
 pop {r4-r11, pc}
 .size en_dsp_level_of, . - en_dsp_level_of
