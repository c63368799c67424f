// Files for the tests of readers: folders made on the spot, npy as NumPy writes it, and what an error must say.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { Notices } from "../../../host/data/notices.ts";
import { readSequences } from "../../../host/data/sequences/read.ts";
import type { SequenceSet } from "../../../host/data/sequences/sequence-set.ts";
import { UserError } from "../../../host/spec/user-error.ts";

export type Files = Record<string, string | Uint8Array>;
type Options = Parameters<typeof readSequences>[2];

/** Nothing is held out: for tests of formats. */
export const WHOLE = { val: 0, test: 0 } as const;

/** Calls `use` with a folder that holds the files, and removes it. */
export async function inFolder<T>(files: Files, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "engram-sequences-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The set that files of a folder make. */
export function read(files: Files, options: Options = WHOLE, notices = new Notices()): Promise<SequenceSet> {
  return inFolder(files, (folder) => readSequences([folder], notices, options));
}

/** Expects a UserError with a hint, whose sentence, the folder's path removed, is this. */
export async function refuses(files: Files, what: string | RegExp, options: Options = WHOLE): Promise<void> {
  await inFolder(files, async (folder) => {
    const error = await readSequences([folder], new Notices(), options).then(
      () => assert.unreachable("it was read"),
      (reason: Error) => reason,
    );
    assert.instance(error, UserError, String(error));
    const sentence = (error as UserError).message.replaceAll(`${folder}/`, "");
    if (typeof what === "string") assert.is(sentence, what);
    else assert.match(sentence, what);
    assert.ok((error as UserError).hint.length > 0);
  });
}

/** An npy file around the bytes of numbers. */
export function npy(
  descr: string,
  shape: readonly number[],
  data: ArrayBufferView,
  { fortran = false, version = 1 } = {},
): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${sizes}), }`;
  const before = version === 1 ? 10 : 12;
  const header = `${dictionary.padEnd(127 - before)}\n`;
  const start = Buffer.alloc(before);
  start.write("\x93NUMPY", "latin1");
  start[6] = version;
  if (version === 1) start.writeUInt16LE(header.length, 8);
  else start.writeUInt32LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header), Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}
