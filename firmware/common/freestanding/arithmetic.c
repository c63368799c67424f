/* What gcc calls for products and quotients of which the processor has no instruction. Debian's libgcc for lx106 (12.2) has none
   of these; the names are libgcc's (gcc internals, "Routines for integer arithmetic"). */
#include <stdint.h>

uint64_t __umulsidi3(uint32_t a, uint32_t b);
int64_t __muldi3(int64_t a, int64_t b);
uint32_t __udivsi3(uint32_t n, uint32_t d);
uint32_t __umodsi3(uint32_t n, uint32_t d);
int32_t __divsi3(int32_t n, int32_t d);
uint64_t __udivdi3(uint64_t n, uint64_t d);
uint64_t __umoddi3(uint64_t n, uint64_t d);
int64_t __divdi3(int64_t n, int64_t d);

uint64_t __umulsidi3(uint32_t a, uint32_t b) {
  uint32_t a0 = a & 0xFFFF, a1 = a >> 16, b0 = b & 0xFFFF, b1 = b >> 16;
  uint32_t low = a0 * b0, middle = a1 * b0 + (low >> 16), other = a0 * b1 + (middle & 0xFFFF); /* none overflows */
  return (uint64_t)(a1 * b1 + (middle >> 16) + (other >> 16)) << 32 | other << 16 | (low & 0xFFFF);
}

int64_t __muldi3(int64_t a, int64_t b) {
  uint32_t a0 = (uint32_t)a, a1 = (uint32_t)(a >> 32), b0 = (uint32_t)b, b1 = (uint32_t)(b >> 32);
  return (int64_t)(__umulsidi3(a0, b0) + ((uint64_t)(a0 * b1 + a1 * b0) << 32));
}

/* Bit by bit, from the highest that the quotient can have. A divisor of zero ends, too. */
static uint32_t divide(uint32_t n, uint32_t d, uint32_t *rest) {
  uint32_t quotient = 0;
  if (d != 0 && d <= n) {
    for (int bit = __builtin_clz(d) - __builtin_clz(n); bit >= 0; bit--) {
      if (n < d << bit) continue;
      n -= d << bit;
      quotient |= 1u << bit;
    }
  }
  *rest = n;
  return quotient;
}

static uint64_t divide_long(uint64_t n, uint64_t d, uint64_t *rest) {
  uint64_t quotient = 0;
  if ((n | d) >> 32 == 0) {
    uint32_t short_rest, short_quotient = divide((uint32_t)n, (uint32_t)d, &short_rest);
    *rest = short_rest;
    return short_quotient;
  }
  if (d != 0 && d <= n) {
    for (int bit = __builtin_clzll(d) - __builtin_clzll(n); bit >= 0; bit--) {
      if (n < d << bit) continue;
      n -= d << bit;
      quotient |= (uint64_t)1 << bit;
    }
  }
  *rest = n;
  return quotient;
}

uint32_t __udivsi3(uint32_t n, uint32_t d) {
  uint32_t rest;
  return divide(n, d, &rest);
}

uint32_t __umodsi3(uint32_t n, uint32_t d) {
  uint32_t rest;
  (void)divide(n, d, &rest);
  return rest;
}

int32_t __divsi3(int32_t n, int32_t d) {
  uint32_t quotient = __udivsi3(n < 0 ? 0 - (uint32_t)n : (uint32_t)n, d < 0 ? 0 - (uint32_t)d : (uint32_t)d);
  return (int32_t)((n ^ d) < 0 ? 0 - quotient : quotient);
}

uint64_t __udivdi3(uint64_t n, uint64_t d) {
  uint64_t rest;
  return divide_long(n, d, &rest);
}

uint64_t __umoddi3(uint64_t n, uint64_t d) {
  uint64_t rest;
  (void)divide_long(n, d, &rest);
  return rest;
}

int64_t __divdi3(int64_t n, int64_t d) {
  uint64_t quotient = __udivdi3(n < 0 ? 0 - (uint64_t)n : (uint64_t)n, d < 0 ? 0 - (uint64_t)d : (uint64_t)d);
  return (int64_t)((n ^ d) < 0 ? 0 - quotient : quotient);
}
