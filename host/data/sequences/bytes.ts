// Files piece by piece, unpacked where their name ends in .gz, as bytes or as lines.
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { UserError } from "../../spec/user-error.ts";

const PIECE = 1 << 18;
/** A longer line does not fit into a string of V8 with what is made of it. */
const LONGEST_LINE = 2 ** 28;

export const GZIP = /\.gz$/i;

/** The bytes of a file, in pieces. @throws UserError where it cannot be read, is no gzip or ends too soon */
export async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: PIECE });
  const stream = GZIP.test(path) ? file.pipe(createGunzip({ chunkSize: PIECE })) : file;
  if (stream !== file) file.on("error", (cause) => stream.destroy(cause));
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (cause) {
    throw unreadable(path, cause as NodeJS.ErrnoException);
  } finally {
    file.destroy();
    stream.destroy();
  }
}

/** The lines of a file, numbered from 1, empty ones left out; lines end with \n or \r\n. */
export async function* linesOf(path: string): AsyncGenerator<{ text: string; line: number }> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  let line = 0;
  for await (const piece of bytesOf(path)) {
    let start = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, start)) {
      pieces.push(piece.subarray(start, end));
      const text = textOf(pieces, ++line, path);
      if (text) yield { text, line };
      pieces = [];
      bytes = 0;
      start = end + 1;
    }
    pieces.push(piece.subarray(start));
    bytes += piece.length - start;
    if (bytes > LONGEST_LINE)
      throw new UserError(
        `${path}:${line + 1}: the line is longer than ${LONGEST_LINE} bytes`,
        "Divide the sequence, or store it as npy.",
      );
  }
  const text = textOf(pieces, ++line, path);
  if (text) yield { text, line };
}

function textOf(pieces: readonly Buffer[], line: number, path: string): string {
  const bytes = Buffer.concat(pieces);
  if (line > 1) return bytes.toString("utf8").trim();
  if (bytes.includes(0))
    throw new UserError(
      `${path} is no text in UTF-8: its first line holds bytes of 0, as in UTF-16`,
      "Save it as UTF-8.",
    );
  return bytes
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .trim();
}

function unreadable(path: string, cause: NodeJS.ErrnoException): unknown {
  const { code } = cause;
  if (code === "Z_BUF_ERROR")
    return new UserError(`${path} ends before its gzip stream does`, "Copy or download it again.", { cause });
  if (code?.startsWith("Z_"))
    return new UserError(`${path} is not gzip, or damaged: ${cause.message}`, `Check it: gzip -t ${path}`, { cause });
  if (code)
    return new UserError(`${path} cannot be read: ${cause.message}`, "Check the path and its rights.", { cause });
  return cause;
}
