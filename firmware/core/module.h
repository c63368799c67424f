/* The check of the module subset (host/spec/subset.ts), which every module passes before wasm3 sees a byte of it. */
#ifndef EN_MODULE_H
#define EN_MODULE_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"

/* The ops by code: name, and arguments without the call site. */
typedef struct en_op {
  const char *name;
  uint8_t arguments;
} en_op;
extern const en_op en_ops[];

/* Whether a module does nothing but call ops, ends, and stays within the limits on calls, stack and size. Every export has
   `inputs` parameters. EN_OK, EN_MODULE, or EN_UNKNOWN_OP for an op that this firmware lacks. Reads only. */
en_error en_module_check(const uint8_t *module, size_t length, uint32_t inputs);

#endif
