// NumPy's .npy files (NEP 1: format 1.0 and 2.0; 3.0 differs only in field names), little-endian, C order, plain or .gz.
// Our own, because what npm has reads a file that is cut short, or in Fortran order, without a word, or brings a fetch.
import { statSync } from "node:fs";
import { UserError } from "../../spec/user-error.ts";
import { bytesOf, GZIP } from "./bytes.ts";

type NumberType = { bytes: number; read(view: DataView, at: number): number };

const TYPES: Record<string, NumberType> = {
  b1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  u1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  i1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  u2: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  i2: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  u4: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  i4: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  i8: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) }, // NumPy's default for labels
  f4: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  f8: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
};

/** Numbers that are read at once; a row may have more. */
const PIECE = 8192;
/** Deflate packs no byte string to less than a 1,032nd. */
const GZIP_LIMIT = 1032;

export type Npy = {
  shape: number[] /** The next `into.length` numbers. */;
  read(into: Float32Array | Float64Array): Promise<void>;
};

/**
 * Opens a file, gives `use` its shape and numbers, and checks that they were all.
 * @throws UserError for what is no such file, is cut short, too long, big-endian, in Fortran order, or of another type
 */
export async function* readNpy<T>(path: string, use: (npy: Npy) => AsyncIterable<T>): AsyncGenerator<T> {
  const source = new Source(path);
  try {
    const { shape, type } = await headerOf(source, path);
    yield* use({ shape, read: (into) => readNumbers(source, type, into) });
    if (await source.more()) throw new UserError(`${path} is longer than its header says`, "Save the array again.");
  } finally {
    await source.close();
  }
}

async function headerOf(source: Source, path: string): Promise<{ shape: number[]; type: NumberType }> {
  const start = await source.take(8);
  if (start.toString("latin1", 0, 6) !== "\x93NUMPY")
    throw new UserError(`${path} is not a npy file`, "Save the array with numpy.save.");
  if (start[6] < 1 || start[6] > 3)
    throw new UserError(`${path} is npy version ${start[6]}.${start[7]}, expected 1.0 or 2.0`, "Save it anew.");
  const wide = start[6] > 1;
  const size = await source.take(wide ? 4 : 2);
  const length = wide ? size.readUInt32LE() : size.readUInt16LE();
  if (length > 65536) throw new UserError(`${path} has a header of ${length} bytes`, "Save the array with numpy.save.");
  const text = (await source.take(length)).toString("latin1");
  const shape = shapeOf(text, path);
  const type = typeOf(text, path);
  requireRoom(path, type.bytes * shape.reduce((product, size) => product * size, 1), source.taken);
  return { shape, type };
}

function shapeOf(text: string, path: string): number[] {
  if (/'fortran_order':\s*True/.test(text))
    throw new UserError(`${path} is in Fortran order, expected C order`, "Save numpy.ascontiguousarray(x).");
  const shape = /'shape':\s*\(([\d, ]*)\)/.exec(text)?.[1].match(/\d+/g)?.map(Number);
  if (shape && /'fortran_order':\s*False/.test(text)) return shape;
  throw new UserError(
    `${path} has a header that is not understood: ${text.trim().slice(0, 100)}`,
    "Save an array of at least one dimension with numpy.save.",
  );
}

function typeOf(text: string, path: string): NumberType {
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const type = descr && Object.hasOwn(TYPES, descr.slice(1)) ? TYPES[descr.slice(1)] : undefined;
  if (type && descr?.startsWith(">"))
    throw new UserError(`${path} is big-endian (${descr})`, `Save x.astype("<${descr.slice(1)}").`);
  if (type && /^[<|=]/.test(descr!)) return type;
  if (descr && /^.[USO]/.test(descr))
    throw new UserError(
      `${path} holds ${descr[1] === "O" ? "objects" : "text"} (${descr}), expected integers or floats`,
      "Save classes as numpy.unique(y, return_inverse=True)[1]; CSV and NDJSON keep their names.",
    );
  throw new UserError(
    `${path} holds ${descr ? `numbers of type "${descr}"` : "records"}, expected integers or floats`,
    "Save x.astype(numpy.float32).",
  );
}

// Before any memory is taken at a header's word.
function requireRoom(path: string, bytes: number, header: number): void {
  const size = statSync(path).size;
  const least = GZIP.test(path) ? Math.floor((bytes + header) / GZIP_LIMIT) : bytes + header;
  if (size < least)
    throw new UserError(
      `${path} has ${size} bytes, expected at least ${least}: it is cut short`,
      "Copy or download it again.",
    );
}

async function readNumbers(source: Source, type: NumberType, into: Float32Array | Float64Array): Promise<void> {
  for (let at = 0; at < into.length; at += PIECE) {
    const count = Math.min(PIECE, into.length - at);
    const bytes = await source.take(count * type.bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let n = 0; n < count; n++) into[at + n] = type.read(view, n * type.bytes);
  }
}

// A file's bytes in the portions that are asked for.
class Source {
  private readonly path: string;
  private readonly pieces: AsyncGenerator<Buffer>;
  private left: Buffer = Buffer.alloc(0);
  taken = 0;

  constructor(path: string) {
    this.path = path;
    this.pieces = bytesOf(path);
  }

  async take(count: number): Promise<Buffer> {
    const parts = [this.left];
    let length = this.left.length;
    while (length < count) {
      const { value, done } = await this.pieces.next();
      if (done)
        throw new UserError(
          `${this.path} is cut short: it ends after ${this.taken + length} bytes, expected at least ${this.taken + count}`,
          "Copy or download it again.",
        );
      parts.push(value);
      length += value.length;
    }
    const bytes = parts.length === 1 ? this.left : Buffer.concat(parts);
    this.left = bytes.subarray(count);
    this.taken += count;
    return bytes.subarray(0, count);
  }

  /** Whether anything follows; reads on, so that the end of a gzip stream is checked. */
  async more(): Promise<boolean> {
    return this.left.length > 0 || !(await this.pieces.next()).done;
  }

  async close(): Promise<void> {
    await this.pieces.return(undefined);
  }
}
