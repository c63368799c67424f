#include "container.h"
#include "portable.h"

const en_kernels en_kernel_set = {
  .name = "portable",
  .kinds = 1u << EN_KIND_INT8,
  .affine = en_portable_affine,
  .recurrent = en_portable_recurrent,
  .accumulate = en_portable_accumulate,
  .sums = en_portable_sums,
  .change = en_portable_change,
  .multiply = en_portable_multiply,
  .multiply_add = en_portable_multiply_add,
  .blend = en_portable_blend,
  .add = en_portable_add,
  .convert = en_portable_convert,
  .sigmoid = en_portable_sigmoid,
  .tanh = en_portable_tanh,
  .power = en_portable_power,
  .bands = en_portable_bands,
  .level = en_portable_level,
};
