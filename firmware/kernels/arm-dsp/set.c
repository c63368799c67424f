#include "container.h"
#include "dsp.h"
#include "portable.h"

const en_kernels en_kernel_set = {
  .name = "arm-dsp",
  .kinds = 1u << EN_KIND_INT8 | 1u << EN_KIND_INT8_PAIRS,
  .affine = en_dsp_affine,
  .recurrent = en_dsp_recurrent,
  .accumulate = en_dsp_accumulate,
  .sums = en_dsp_sums,
  .change = en_dsp_change,
  .multiply = en_dsp_multiply,
  .multiply_add = en_dsp_multiply_add,
  .blend = en_dsp_blend,
  .add = en_dsp_add,
  .convert = en_dsp_convert,
  .sigmoid = en_dsp_sigmoid,
  .tanh = en_dsp_tanh,
  .power = en_dsp_power,
  .bands = en_dsp_bands,
  .level = en_dsp_level,
};
