// As much of WASI preview 1 as a program needs that reads its arguments and writes files: they lie in memory, there is no disk,
// no clock, no network. Node's own WASI crashes after some hundred programs in one process, and warns that it is experimental.

const success = 0;
const badDescriptor = 8;
const root = 3; // descriptor of the one folder, "/"
const [device, folder, regular] = [2, 3, 4]; // file types

type OpenFile = { bytes: Uint8Array; length: number; position: number };

/** Ends a program that calls exit(). */
class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/**
 * Runs a program's `_start`.
 * @param args as in argv, the program's name first
 * @returns its exit code, and the files that it wrote, by path without the leading slash
 */
export async function runProgram(
  module: WebAssembly.Module,
  args: readonly string[],
): Promise<{ code: number; files: Map<string, Uint8Array> }> {
  const system = new System(args);
  const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: system.imports });
  system.memory = instance.exports.memory as WebAssembly.Memory;
  let code = 0;
  try {
    (instance.exports._start as () => void)();
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    code = error.code;
  }
  return { code, files: new Map([...system.files].map(([path, file]) => [path, file.bytes.subarray(0, file.length)])) };
}

class System {
  memory!: WebAssembly.Memory;
  readonly files = new Map<string, OpenFile>();
  readonly #args: Uint8Array[];
  readonly #open: OpenFile[] = []; // descriptors from root + 1

  constructor(args: readonly string[]) {
    this.#args = args.map((text) => new TextEncoder().encode(`${text}\0`));
  }

  readonly imports = {
    args_sizes_get: (count: number, bytes: number): number => {
      this.#set32(count, this.#args.length);
      this.#set32(
        bytes,
        this.#args.reduce((sum, { length }) => sum + length, 0),
      );
      return success;
    },
    args_get: (pointers: number, at: number): number => {
      for (const [i, text] of this.#args.entries()) {
        this.#set32(pointers + 4 * i, at);
        this.#bytes.set(text, at);
        at += text.length;
      }
      return success;
    },
    clock_time_get: (_clock: number, _precision: bigint, at: number): number => {
      this.#view.setBigUint64(at, 0n, true);
      return success;
    },
    fd_prestat_get: (fd: number, at: number): number => {
      if (fd !== root) return badDescriptor;
      this.#set32(at, 0);
      this.#set32(at + 4, 1);
      return success;
    },
    fd_prestat_dir_name: (_fd: number, at: number): number => {
      this.#bytes[at] = "/".charCodeAt(0);
      return success;
    },
    fd_fdstat_get: (fd: number, at: number): number => {
      this.#bytes.fill(0, at, at + 24);
      this.#bytes[at] = fd < root ? device : fd === root ? folder : regular;
      this.#bytes.fill(0xff, at + 8, at + 24); // all rights
      return success;
    },
    fd_fdstat_set_flags: (): number => success,
    path_open: (_fd: number, _look: number, path: number, length: number, ...rest: unknown[]): number => {
      const name = new TextDecoder().decode(this.#bytes.subarray(path, path + length));
      const file = { bytes: new Uint8Array(2 ** 16), length: 0, position: 0 };
      this.files.set(name, file);
      this.#open.push(file);
      this.#set32(rest[4] as number, root + this.#open.length);
      return success;
    },
    fd_close: (): number => success,
    fd_seek: (fd: number, offset: bigint, whence: number, at: number): number => {
      const file = this.#file(fd);
      if (!file) return badDescriptor;
      const from = [0, file.position, file.length][whence];
      file.position = from + Number(offset);
      this.#view.setBigUint64(at, BigInt(file.position), true);
      return success;
    },
    fd_read: (_fd: number, _vectors: number, _count: number, at: number): number => {
      this.#set32(at, 0);
      return success;
    },
    fd_write: (fd: number, vectors: number, count: number, at: number): number => {
      let written = 0;
      for (let i = 0; i < count; i++) {
        const from = this.#view.getUint32(vectors + 8 * i, true);
        const length = this.#view.getUint32(vectors + 8 * i + 4, true);
        const file = this.#file(fd);
        if (file) append(file, this.#bytes.subarray(from, from + length));
        written += length;
      }
      this.#set32(at, written);
      return success;
    },
    proc_exit: (code: number): never => {
      throw new Exit(code);
    },
  };

  get #bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  get #view(): DataView {
    return new DataView(this.memory.buffer);
  }

  #set32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  #file(fd: number): OpenFile | undefined {
    return this.#open[fd - root - 1];
  }
}

function append(file: OpenFile, data: Uint8Array): void {
  const end = file.position + data.length;
  if (end > file.bytes.length) {
    const larger = new Uint8Array(2 * end);
    larger.set(file.bytes.subarray(0, file.length));
    file.bytes = larger;
  }
  file.bytes.set(data, file.position);
  file.position = end;
  file.length = Math.max(file.length, end);
}
