// The model file, the op codes and the module subset for C and AssemblyScript, and the tables of docs/container.md and docs/ops.md.
import * as container from "../../host/spec/container.ts";
import type { Layout } from "../../host/spec/layout.ts";
import { opNames, ops } from "../../host/spec/ops.ts";
import { instructions, limits, moduleSections } from "../../host/spec/subset.ts";

const structs: Record<string, Layout> = {
  header: container.header,
  section: container.section,
  layers_head: container.layersHead,
  layer: container.layer,
  code_head: container.codeHead,
  code_entry: container.codeEntry,
  record: container.record,
  seed: container.seed,
  flow_head: container.flowHead,
  flow_piece: container.flowPiece,
  flow_line: container.flowLine,
};

const cType = (type: string, name: string): string => {
  if (type.startsWith("bytes")) return `uint8_t ${name}[${type.slice(5)}]`;
  return `${type[0] === "u" ? "uint" : "int"}${type.slice(1)}_t ${name}`;
};
const upper = (name: string): string => name.replace(/[A-Z]/g, "_$&").toUpperCase();
const entry = (name: (typeof opNames)[number]): string =>
  `\\\n  F(${snake(name)}, ${name}, ${ops[name].arguments.length}, ${ops[name].code})`;
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const roles = Object.entries(container.roles).map(([name, [code]]) => [name, code] as const);
const kinds = Object.entries(container.kinds).map(([name, [code]]) => [name, code] as const);

const cHeader = `/* Generated from host/spec. The model file, the ops, the module subset. */
#ifndef EN_CONTAINER_H
#define EN_CONTAINER_H
#include <stdint.h>
#define EN_FILE_MAGIC 0x${container.magic.toString(16)}u
#define EN_FORMAT_VERSION ${container.formatVersion}
#define EN_ALIGNMENT ${container.alignment}
${Object.keys(container.sections)
  .map((tag) => `#define EN_TAG_${tag.toUpperCase()} 0x${(container.tagNumber(tag) >>> 0).toString(16)}u`)
  .join("\n")}
${Object.entries(container.modelLimits)
  .map(([name, value]) => `#define EN_MODEL_${upper(name)} ${value < 0 ? `(${value})` : value}`)
  .join("\n")}
${Object.entries(structs)
  .map(
    ([name, { fields, bytes }]) =>
      `typedef struct en_${name} {\n${fields.map(([field, type]) => `  ${cType(type, snake(field))};`).join("\n")}\n} en_${name};\n_Static_assert(sizeof(en_${name}) == ${bytes}, "en_${name}");`,
  )
  .join("\n")}
#define EN_GATHERED ${container.gathered}
#define EN_LAYER_BACKWARD ${container.backwardFlag}
enum { ${Object.entries(container.pieceFlags)
  .map(([name, flag]) => `EN_PIECE_${upper(name)} = ${flag}`)
  .join(", ")} };
enum { ${roles.map(([name, code]) => `EN_ROLE_${upper(name)} = ${code}`).join(", ")} };
enum { ${kinds.map(([name, code]) => `EN_KIND_${upper(name)} = ${code}`).join(", ")} };
enum { ${opNames.map((name) => `EN_OP_${upper(name)} = ${ops[name].code}`).join(", ")}, EN_OP_COUNT = ${opNames.length} };
/* F(C name, name in a module, arguments without the call site, code); then those that have a function each in firmware/core/ops.c */
#define EN_OP_TABLE(F) ${opNames.map(entry).join(" ")}
#define EN_PLAIN_OP_TABLE(F) ${opNames
  .filter((name) => ops[name].code < ops.rowsDot.code)
  .map(entry)
  .join(" ")}

/* The module subset (host/spec/subset.ts). */
${Object.entries(limits)
  .map(([name, value]) => `#define EN_MODULE_${upper(name)} ${value}`)
  .join("\n")}
#define EN_MODULE_SECTIONS ${moduleSections.join(", ")}
enum { EN_REFUSED, ${[...new Set(Object.values(instructions).map(([, immediate]) => immediate))].map((name) => `EN_IMMEDIATE_${upper(name)}`).join(", ")} };
/* F(opcode, name, immediate, operands taken, operands given) */
#define EN_INSTRUCTIONS(F) ${Object.entries(instructions)
  .map(
    ([code, [name, immediate, takes, gives]]) =>
      `\\\n  F(0x${Number(code).toString(16)}, ${upper(name.replace(".", "_"))}, EN_IMMEDIATE_${upper(immediate)}, ${takes}, ${gives})`,
  )
  .join(" ")}
#endif
`;

const assembly = `// Generated from host/spec.
${Object.entries(structs)
  .filter(([name]) => name === "record" || name === "seed")
  .map(
    ([name, of]) =>
      `export const ${name}_bytes: usize = ${of.bytes};\n${of.fields.map(([field]) => `export const ${name}_${field}: usize = ${of.offset(field)};`).join("\n")}`,
  )
  .join("\n")}
${roles.map(([name, code]) => `export const role_${name}: u8 = ${code};`).join("\n")}
${kinds.map(([name, code]) => `export const kind_${name}: u8 = ${code};`).join("\n")}
${opNames.map((name) => `export const op_${name}: u8 = ${ops[name].code};`).join("\n")}
`;

const rows = ({ fields, offset }: Layout): string =>
  fields.map(([name, type, meaning]) => `| ${offset(name)} | ${name} | ${type} | ${meaning} |`).join("\n");
const layouts = Object.entries(structs)
  .map(
    ([name, of]) =>
      `### ${name.replace("_", " ")}, ${of.bytes} bytes\n\n| at | field | type | meaning |\n| --- | --- | --- | --- |\n${rows(of)}\n`,
  )
  .join("\n");
const opRows = opNames.map((name) => {
  const op = ops[name];
  const given = op.arguments.map(([argument, takes]) => `${argument}: ${takes}`).join(", ");
  const result = typeof op.result === "number" ? `Q0.${op.result}` : op.result;
  return `| ${op.code} | \`${name}(${given})\` | ${op.meaning} | ${result} | ${op.error} |`;
});

const cmake = `# Generated from host/spec/subset.ts: the instructions that a module may have, and their opcodes.
set(wasm_instructions ${Object.values(instructions)
  .map(([name]) => name)
  .join(" ")})
set(wasm_opcodes "${Object.keys(instructions).join(", ")}")
`;

export const generated = [
  { path: "subset.cmake", text: cmake },
  { path: "container.h", text: cHeader },
  { path: "container.ts", text: assembly },
  { path: "container.md", text: layouts },
  {
    path: "ops.md",
    text: `| code | op | meaning | format of the result | error in units of the result |\n| --- | --- | --- | --- | --- |\n${opRows.join("\n")}\n`,
  },
];
