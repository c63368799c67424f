#include "begin.h"

#include <stdint.h>
#include <string.h>

enum { PAINT = 0x5AA5C33C };

extern uint32_t en_data_from[], en_data_start[], en_data_end[], en_bss_start[], en_bss_end[], en_stack_low[], en_stack_top[];

int main(void);

static size_t between(const uint32_t *low, const uint32_t *high) { return (uintptr_t)high - (uintptr_t)low; }

void en_begin(void) {
  memcpy(en_data_start, en_data_from, between(en_data_start, en_data_end));
  memset(en_bss_start, 0, between(en_bss_start, en_bss_end));
  const uint32_t *here = (const uint32_t *)__builtin_frame_address(0) - 16;
  for (volatile uint32_t *at = en_stack_low; at < here; at++) *at = PAINT;
  (void)main();
  for (;;) {}
}

size_t en_stack_bytes(void) { return between(en_stack_low, en_stack_top); }

size_t en_stack_peak(void) {
  const uint32_t *at = en_stack_low;
  while (at < en_stack_top && *at == PAINT) at++;
  return between(at, en_stack_top);
}
