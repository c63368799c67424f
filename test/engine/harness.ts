// Builds and drives harness.c: the C engine under sanitizers, one command after the other.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { errorName } from "../../host/spec/errors.ts";

const source = fileURLToPath(new URL(".", import.meta.url));
const build = fileURLToPath(new URL("../../build/test-engine/", import.meta.url));

export type Answer = { error: string; bytes: Uint8Array };

/** Whether the tools are there; without them a test skips, or fails where ENGRAM_STRICT is 1. */
export function canBuild(): boolean {
  try {
    execFileSync("cmake", ["--version"], { stdio: "ignore" });
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    if (process.env.ENGRAM_STRICT === "1") throw new Error("cmake or cc is missing");
    console.log("skipped: cmake or cc is missing");
    return false;
  }
}

export class Harness {
  readonly #process: ChildProcess;
  #stderr = "";
  #chunks: Buffer[] = [];
  #length = 0;
  #waiting: { count: number; resolve: (bytes: Buffer) => void; reject: (error: Error) => void } | undefined;
  #ended = false;

  constructor() {
    const quiet = { stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"] };
    execFileSync("cmake", ["-S", source, "-B", build], quiet);
    execFileSync("cmake", ["--build", build, "--parallel", "2"], quiet);
    this.#process = spawn(`${build}harness`, { stdio: "pipe" });
    this.#process.stderr!.on("data", (data) => {
      this.#stderr += data;
    });
    this.#process.stdout!.on("data", (data: Buffer) => {
      this.#chunks.push(data);
      this.#length += data.length;
      this.#deliver();
    });
    this.#process.on("close", (code, signal) => {
      this.#ended = true;
      this.#waiting?.reject(new Error(`the engine ended with ${signal ?? code}: ${this.#stderr.slice(0, 2000)}`));
    });
  }

  /** One command; rejects if the process ends: a sanitizer's report, a crash, a hang. */
  async command(letter: string, bytes: Uint8Array = new Uint8Array()): Promise<Answer> {
    const head = Buffer.alloc(5);
    head.write(letter, "latin1");
    head.writeUInt32LE(bytes.length, 1);
    this.#process.stdin!.write(Buffer.concat([head, bytes]));
    const answer = await this.#take(8);
    const error = errorName(answer.readInt32LE(0)) ?? "?";
    return { error, bytes: new Uint8Array(await this.#take(answer.readUInt32LE(4))) };
  }

  step(frame: Int16Array): Promise<Answer> {
    return this.command("S", new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength));
  }

  close(): void {
    this.#process.stdin!.end();
  }

  #take(count: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { count, resolve, reject };
      if (this.#ended) reject(new Error(`the engine has ended: ${this.#stderr.slice(0, 2000)}`));
      this.#deliver();
    });
  }

  #deliver(): void {
    if (!this.#waiting || this.#length < this.#waiting.count) return;
    const all = Buffer.concat(this.#chunks);
    const { count, resolve } = this.#waiting;
    this.#waiting = undefined;
    this.#chunks = [all.subarray(count)];
    this.#length -= count;
    resolve(all.subarray(0, count));
  }
}

/** The int16 values of an answer. */
export const int16s = ({ bytes }: Answer): Int16Array => new Int16Array(bytes.slice().buffer);
export const uint32 = ({ bytes }: Answer): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
