/* From a processor's first instructions, which set the stack pointer, to main; and what the stack has held. The linker script
   gives en_data_from, en_data_start, en_data_end, en_bss_start, en_bss_end, en_stack_low, en_stack_top. */
#ifndef EN_BEGIN_H
#define EN_BEGIN_H

#include <stddef.h>

/* Copies data, clears what must be zero, paints the stack, calls main. */
_Noreturn void en_begin(void);
/* The most that the stack has held, and what it may hold. */
size_t en_stack_peak(void);
size_t en_stack_bytes(void);

#endif
