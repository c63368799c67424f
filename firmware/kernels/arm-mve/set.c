#include "container.h"
#include "mve.h"
#include "portable.h"

const en_kernels en_kernel_set = {
  .name = "arm-mve",
  .kinds = 1u << EN_KIND_INT8,
  .affine = en_mve_affine,
  .recurrent = en_mve_recurrent,
  .accumulate = en_portable_accumulate,
  .sums = en_portable_sums,
  .change = en_portable_change,
  .multiply = en_mve_multiply,
  .multiply_add = en_mve_multiply_add,
  .blend = en_mve_blend,
  .add = en_mve_add,
  .convert = en_mve_convert,
  .sigmoid = en_mve_sigmoid,
  .tanh = en_mve_tanh,
  .power = en_mve_power,
  .bands = en_mve_bands,
  .level = en_mve_level,
};
