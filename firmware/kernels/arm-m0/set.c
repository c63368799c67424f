#include "container.h"
#include "m0.h"
#include "portable.h"

const en_kernels en_kernel_set = {
  .name = "arm-m0",
  .kinds = 1u << EN_KIND_INT8,
  .affine = en_m0_affine,
  .recurrent = en_m0_recurrent,
  .accumulate = en_portable_accumulate,
  .sums = en_portable_sums,
  .change = en_portable_change,
  .multiply = en_m0_multiply,
  .multiply_add = en_m0_multiply_add,
  .blend = en_m0_blend,
  .add = en_portable_add,
  .convert = en_m0_convert,
  .sigmoid = en_m0_sigmoid,
  .tanh = en_m0_tanh,
  .power = en_m0_power,
  .bands = en_m0_bands,
  .level = en_m0_level,
};
