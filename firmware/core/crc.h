/* CRC-32 as in zip and Ethernet (reflected, polynomial 0xEDB88320). */
#ifndef EN_CRC_H
#define EN_CRC_H

#include <stddef.h>
#include <stdint.h>

/* CRC of what gave `crc` (0 for nothing) followed by `bytes`. */
uint32_t en_crc32(uint32_t crc, const void *bytes, size_t count);

#endif
