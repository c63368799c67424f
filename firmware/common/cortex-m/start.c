/* From reset to main, and the vector table. The linker script gives the symbols. */
#include <string.h>

#include "cortex-m.h"

#ifndef EN_CORTEX_EXTERNAL /* interrupts of the chip */
#define EN_CORTEX_EXTERNAL 64
#endif
enum { EXTERNAL = EN_CORTEX_EXTERNAL, PAINT = 0x5AA5C33C };

extern uint32_t en_data_from[], en_data_start[], en_data_end[], en_bss_start[], en_bss_end[], en_stack_low[], en_stack_top[];

int main(void);
void en_cortex_tick(void);
void en_start(void);
uint32_t en_cortex_retained[2] __attribute__((section(".noinit")));

/* Coprocessor access for floating point and vectors, where a core has them; on others the register ignores it. */
static void enable_vectors(void) {
  EN_REGISTER(0xE000ED88) |= 0xFu << 20;
  __asm__ volatile("dsb\n isb" ::: "memory");
}

__attribute__((noreturn)) static void begin(void) {
  enable_vectors();
  memcpy(en_data_start, en_data_from, (size_t)((uint8_t *)en_data_end - (uint8_t *)en_data_start));
  memset(en_bss_start, 0, (size_t)((uint8_t *)en_bss_end - (uint8_t *)en_bss_start));
  uint32_t *here = (uint32_t *)__builtin_frame_address(0) - 16;
  for (uint32_t *at = en_stack_low; at < here; at++) *at = PAINT;
  (void)main();
  for (;;) {}
}

/* The vector gives the stack, but a debugger or loader that jumps here does not. */
__attribute__((naked, noreturn)) void en_start(void) {
  __asm__ volatile("ldr r0, =en_stack_top\n mov sp, r0\n ldr r1, =%c0\n bx r1" ::"i"(begin));
}

size_t en_cortex_stack_bytes(void) { return (size_t)((uint8_t *)en_stack_top - (uint8_t *)en_stack_low); }

size_t en_cortex_stack_peak(void) {
  const uint32_t *at = en_stack_low;
  while (at < en_stack_top && *at == PAINT) at++;
  return (size_t)((const uint8_t *)en_stack_top - (const uint8_t *)at);
}

/* Weak, for chips that need another one. */
__attribute__((weak)) void en_cortex_reset(void) {
  __asm__ volatile("dsb" ::: "memory");
  EN_REGISTER(0xE000ED0C) = 0x05FA0004;
  for (;;) {}
}

/* A fault is a reset: the guard (core/guard.h) counts those that come in a model's first steps. The stack may be what faulted. */
__attribute__((naked)) static void fault(void) {
  __asm__ volatile("ldr r0, =en_stack_top\n mov sp, r0\n ldr r1, =%c0\n bx r1" ::"i"(en_cortex_reset));
}

static void external(void) {
  uint32_t number;
  __asm__ volatile("mrs %0, ipsr" : "=r"(number));
  en_port_interrupt((number & 0x1FF) - 16);
}

typedef void (*vector)(void);
typedef struct vectors {
  uint32_t *stack;
  vector reset, nmi, faults[9], debug, reserved, pend, tick, external[EXTERNAL];
} vectors;

__attribute__((section(".vectors"), used)) static const vectors table = {
  .stack = en_stack_top, .reset = en_start, .nmi = fault, .faults = {fault, fault, fault, fault, fault, fault, fault, fault, fault},
  .debug = fault, .pend = fault, .tick = en_cortex_tick, .external = {[0 ... EXTERNAL - 1] = external},
};
