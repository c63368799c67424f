// UF2 files that others made: whole, and for which chip.
import { UserError } from "../spec/user-error.ts";

const blockBytes = 512;

export const isUf2 = (file: Uint8Array): boolean => Buffer.from(file.subarray(0, 4)).toString("latin1") === "UF2\n";

/** The family of its blocks. UserError if it is damaged, or for several. @param name what people call it */
export function uf2Family(file: Uint8Array, name: string): number {
  const again = "build or fetch it again";
  if (file.length === 0 || file.length % blockBytes !== 0)
    throw new UserError(`${name} is cut off: ${file.length} bytes are no whole blocks of UF2`, again);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const blocks = file.length / blockBytes;
  const families = new Set<number>();
  for (let i = 0; i < blocks; i++) {
    const word = (k: number): number => view.getUint32(i * blockBytes + 4 * k, true);
    const whole = word(0) === 0x0a324655 && word(1) === 0x9e5d5157 && word(127) === 0x0ab16f30;
    if (!whole || word(5) !== i || word(6) !== blocks)
      throw new UserError(`${name} is damaged in block ${i + 1} of ${blocks}`, again);
    families.add(word(7));
  }
  if (families.size > 1) throw new UserError(`${name} is for several chips at once`, "give a file for one");
  return [...families][0];
}
