/* What the linker script says of a chip's flash. */
#include <stdint.h>

uint8_t en_kept_start[6 * 128 * 1024] __attribute__((aligned(16)));
uint8_t en_kept_end[1];
