// How the layouts and limits of host/spec look as constants of AssemblyScript. Used by the generators.
import type { Layout } from "../host/spec/layout.ts";
import { snake } from "./c-text.ts";

/** PREFIX_FIELD = offset for every field, and PREFIX_BYTES. */
export function offsets(prefix: string, fields: Layout): string {
  const name = (field: string): string => `${prefix}_${snake(field)}`.toUpperCase();
  const lines = fields.fields.map(
    ([field, type, meaning]) => `export const ${name(field)}: usize = ${fields.offset(field)}; // ${type}: ${meaning}`,
  );
  return `${lines.join("\n")}\nexport const ${name("bytes")}: usize = ${fields.bytes};\n`;
}

/** name: [least, most] of every limit as nameLeast and nameMost. */
export function leastAndMost(limits: Record<string, readonly [number, number]>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(limits).flatMap(([name, [least, most]]) => [
      [`${name}Least`, least],
      [`${name}Most`, most],
    ]),
  );
}
