/* SHA-256 (FIPS 180-4). */
#ifndef EN_SHA256_H
#define EN_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* Hash of `count` bytes into `hash`, 32 bytes. */
void en_sha256(const uint8_t *bytes, size_t count, uint8_t *hash);

#endif
