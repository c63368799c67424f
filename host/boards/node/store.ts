// The flash of a board in Node: a file with the model, replaced whole, and one beside it with the journal.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { writeWhole } from "../../model/whole-file.ts";
import { UserError } from "../../spec/user-error.ts";
import { checkFlashPlace } from "../flash-file.ts";
import { takeLock } from "../lock.ts";

/** Opens the file, before the model: a model of the user's is no flash. */
const mark = Buffer.from("engram node flash\n");

export class NodeStore {
  readonly #path: string;
  readonly #journal: Map<number, Uint8Array>;
  readonly #unlock: () => void;

  /** UserError if another program uses the file, or it cannot be used. */
  constructor(path: string) {
    this.#path = path;
    try {
      checkFlashPlace(path);
      checkMark(path);
      const unlock = takeLock(`${path}.lock`);
      if (!unlock) {
        throw new UserError(
          `the flash file ${path} is in use by another board`,
          "end the other program first, or give another file",
        );
      }
      this.#unlock = unlock;
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      throw new UserError(`cannot use the flash file ${path}: ${(cause as Error).message}`, "check its folder", {
        cause,
      });
    }
    try {
      this.#journal = readJournal(`${path}.journal`);
    } catch (error) {
      this.#unlock();
      throw error;
    }
  }

  get model(): Uint8Array | undefined {
    const file = existsSync(this.#path) ? readFileSync(this.#path) : mark;
    return file.length > mark.length ? Uint8Array.from(file.subarray(mark.length)) : undefined;
  }

  /** Replaces the model; undefined removes it. Whatever ends the program, the old file or the new one is there. */
  set model(file: Uint8Array | undefined) {
    if (!file) rmSync(this.#path, { force: true });
    else writeWhole(this.#path, Buffer.concat([mark, file]));
  }

  get(key: number): Uint8Array | undefined {
    return this.#journal.get(key);
  }

  /** An empty value forgets the key. */
  set(key: number, value: Uint8Array): void {
    if (value.length === 0) this.#journal.delete(key);
    else this.#journal.set(key, value);
    const entries = [...this.#journal].map(([key, value]) => [key, Buffer.from(value).toString("base64")]);
    writeWhole(`${this.#path}.journal`, new TextEncoder().encode(JSON.stringify(entries)));
  }

  close(): void {
    this.#unlock();
  }
}

function checkMark(path: string): void {
  if (!existsSync(path)) return;
  const file = readFileSync(path);
  if (file.length === 0 || file.subarray(0, mark.length).equals(mark)) return;
  throw new UserError(`${path} is no flash file of the node board`, "give another, or remove it if it is not needed");
}

function readJournal(path: string): Map<number, Uint8Array> {
  if (!existsSync(path)) return new Map();
  try {
    const entries = JSON.parse(readFileSync(path, "utf8")) as [number, string][];
    return new Map(entries.map(([key, value]) => [key, new Uint8Array(Buffer.from(value, "base64"))]));
  } catch (cause) {
    throw new UserError(`the board's journal ${path} is damaged`, "remove it; the model stays", { cause });
  }
}
