/* Plainest bodies, for a compiler without a C library. */
#include <stdint.h>
#include <string.h>

/* Or the compiler makes of these loops calls of the functions that they are. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

void *memmove(void *to, const void *from, size_t count) {
  unsigned char *t = to;
  const unsigned char *f = from;
  if (t <= f) {
    while (count--) *t++ = *f++;
  } else {
    while (count--) t[count] = f[count];
  }
  return to;
}

void *memset(void *to, int byte, size_t count) {
  unsigned char *t = to;
  while (count--) *t++ = (unsigned char)byte;
  return to;
}

int memcmp(const void *a, const void *b, size_t count) {
  const unsigned char *x = a, *y = b;
  for (size_t i = 0; i < count; i++) {
    if (x[i] != y[i]) return x[i] - y[i];
  }
  return 0;
}

void *memchr(const void *bytes, int byte, size_t count) {
  for (const unsigned char *b = bytes; count--; b++) {
    if (*b == (unsigned char)byte) return (void *)(uintptr_t)b;
  }
  return NULL;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

int strcmp(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return (unsigned char)*a - (unsigned char)*b;
}

char *strncpy(char *restrict to, const char *restrict from, size_t room) {
  size_t i = 0;
  for (; i < room && from[i]; i++) to[i] = from[i];
  for (; i < room; i++) to[i] = 0;
  return to;
}
