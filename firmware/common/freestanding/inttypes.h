/* wasm3 includes it and takes its integer types. */
#include <stdint.h>
