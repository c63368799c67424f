// The tables of sigmoid and tanh, for the AssemblyScript ops and for the firmware's kernels.
import { sigmoidTable, tableCells, tanhTable } from "../../host/spec/activations.ts";

const tables = { sigmoid: sigmoidTable(), tanh: tanhTable() };
const words = (table: Int32Array): string => {
  const lines: string[] = [];
  for (let i = 0; i < table.length; i += 8) lines.push(`  ${table.subarray(i, i + 8).join(", ")},`);
  return lines.join("\n");
};

export const generated = [
  {
    path: "activations.ts",
    text: Object.entries(tables)
      .map(([name, table]) => `export const ${name}Table: usize = memory.data<i32>([\n${words(table)}\n]);\n`)
      .join("\n"),
  },
  {
    path: "activations.h",
    text: `/* Generated from host/spec/activations.ts. */
#ifndef EN_ACTIVATIONS_H
#define EN_ACTIVATIONS_H
#include <stdint.h>
extern const int32_t en_sigmoid_table[${tableCells}];
extern const int32_t en_tanh_table[${tableCells}];
#endif
`,
  },
  {
    path: "activations.c",
    text: `/* Generated from host/spec/activations.ts. */
#include "activations.h"
${Object.entries(tables)
  .map(([name, table]) => `const int32_t en_${name}_table[${tableCells}] = {\n${words(table)}\n};`)
  .join("\n")}
`,
  },
];
