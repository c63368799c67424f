// A model file as a C array with its header.
import { basename, extname } from "node:path";
import type { Model } from "../model/model.ts";
import type { FileKind } from "../model/whole-file.ts";
import { UserError } from "../spec/user-error.ts";

const mark = "Written by `engram export`.";

/** Source and header. */
export const exportedFile: FileKind = { name: "source that engram exported", begins: (head) => head.includes(mark) };

/** Of C11 and C++, whose compilers read the same header. */
const keywords = new Set(
  (
    "auto bool break case catch char class const continue default delete do double else enum extern false float for friend goto if inline " +
    "int long namespace new nullptr operator private protected public register restrict return short signed sizeof static struct switch " +
    "template this throw true try typedef typename union unsigned using virtual void volatile while"
  ).split(" "),
);

/** A C identifier from a file's name, or the identifier itself. UserError if there is nothing to make one from. */
export function identifierOf(text: string): string {
  const name = basename(text, extname(text)).replace(/[^A-Za-z0-9_]/g, "_");
  if (keywords.has(name)) throw new UserError(`"${name}" is a word of C's own`, "give another with --name");
  if (/^[A-Za-z_]/.test(name)) return name;
  throw new UserError(`"${text}" gives no name for C`, "give one with --name");
}

/** The source and the header that declares it; `file` is the source's name. */
export function exportC(model: Model, name: string, file: string): { source: string; header: string } {
  const guard = `${name.toUpperCase()}_H`;
  const headerFile = `${basename(file).replace(/\.c$/, "")}.h`;
  const rows: string[] = [];
  for (let at = 0; at < model.file.length; at += 16) {
    rows.push(
      `  ${Array.from(model.file.subarray(at, at + 16), (byte) => `0x${byte.toString(16).padStart(2, "0")},`).join(" ")}`,
    );
  }
  return {
    header: `/* The model ${model.sha256}. ${mark} */
#ifndef ${guard}
#define ${guard}
#include <stdint.h>

enum { ${name}_bytes = ${model.file.length}, ${name}_ram_bytes = ${model.header.ramBytes} };
extern const uint8_t ${name}[${name}_bytes];

#endif
`,
    source: `/* The model ${model.sha256}. ${mark} */
#include "${headerFile}"

_Alignas(16) const uint8_t ${name}[${name}_bytes] = {
${rows.join("\n")}
};
`,
  };
}
