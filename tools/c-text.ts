// How the tables of host/spec look in C: names, constants, packed structs. Used by the generators.
import type { Layout } from "../host/spec/layout.ts";

/** slotBytes → slot_bytes */
export const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

/** slotBytes → EN_PREFIX_SLOT_BYTES */
export const constant = (...parts: string[]): string => ["en", ...parts].map(snake).join("_").toUpperCase();

const types = {
  u8: "uint8_t",
  i8: "int8_t",
  u16: "uint16_t",
  i16: "int16_t",
  u32: "uint32_t",
  i32: "int32_t",
} as const;

/** An enum of anonymous constants with a prefix. */
export function constants(prefix: string, values: Record<string, number>): string {
  const lines = Object.entries(values).map(([name, value]) => `  ${constant(prefix, name)} = ${value},`);
  return `enum {\n${lines.join("\n")}\n};\n`;
}

/** The struct of a layout, little-endian and without padding, with a check of its size. */
export function struct(name: string, layout: Layout): string {
  const fields = layout.fields.map(([field, type, meaning]) => {
    const declaration = type.startsWith("bytes")
      ? `uint8_t ${snake(field)}[${type.slice(5)}]`
      : `${types[type as keyof typeof types]} ${snake(field)}`;
    return `  ${declaration};${meaning ? ` /* ${meaning} */` : ""}`;
  });
  const type = `en_${snake(name)}`;
  return `typedef struct ${type} {\n${fields.join("\n")}\n} ${type};\n_Static_assert(sizeof(${type}) == ${layout.bytes}, "${type}");\n`;
}
