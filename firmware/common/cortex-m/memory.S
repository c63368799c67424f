/* memcpy, memmove and memset for any Cortex-M, by words where they can: the C library's go byte by byte. Samples move at every frame, a
   cell's constants at every step. */
 .syntax unified
 .thumb
 .section .text.memmove, "ax"

 .global memcpy
 .thumb_func
 .type memcpy, %function
 .global memmove
 .thumb_func
 .type memmove, %function
memcpy:
memmove:
 push {r0, r4-r6, lr}
 cmp r0, r1
 bls 1f
 adds r3, r1, r2
 cmp r0, r3
 blo 7f
1:
 @ upwards
 mov r3, r0
 orrs r3, r1
 lsls r3, r3, #30
 bne 6f
 subs r2, #16
 blo 3f
2:
 ldm r1!, {r3-r6}
 stm r0!, {r3-r6}
 subs r2, #16
 bhs 2b
3:
 adds r2, #16
4:
 subs r2, #4
 blo 5f
 ldm r1!, {r3}
 stm r0!, {r3}
 b 4b
5:
 adds r2, #4
6:
 subs r2, #1
 blo 8f
 ldrb r3, [r1]
 strb r3, [r0]
 adds r1, #1
 adds r0, #1
 b 6b
7:
 @ downwards, since the end of what is to be moved would be overwritten
 subs r2, #1
 blo 8f
 ldrb r3, [r1, r2]
 strb r3, [r0, r2]
 b 7b
8:
 pop {r0, r4-r6, pc}
 .size memcpy, . - memcpy
 .size memmove, . - memmove

 .section .text.memset, "ax"
 .global memset
 .thumb_func
 .type memset, %function
memset:
 push {r0, lr}
 lsls r3, r0, #30
 bne 3f
 uxtb r1, r1
 lsls r3, r1, #8
 orrs r1, r3
 lsls r3, r1, #16
 orrs r1, r3
 b 2f
1:
 stm r0!, {r1}
2:
 subs r2, #4
 bhs 1b
 adds r2, #4
3:
 subs r2, #1
 blo 4f
 strb r1, [r0]
 adds r0, #1
 b 3b
4:
 pop {r0, pc}
 .size memset, . - memset
