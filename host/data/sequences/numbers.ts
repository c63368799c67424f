// Numbers that come one by one, how many is not known: chunks that are joined once, so that memory stays below twice the
// numbers, where an array that doubles needs up to three times.

const FIRST = 1024;
const LARGEST = 65536;

/** Collects 32-bit floats. */
export class Numbers {
  private full: Float32Array[] = [];
  private chunk = new Float32Array(FIRST);
  private used = 0;
  private before = 0;

  get length(): number {
    return this.before + this.used;
  }

  push(value: number): void {
    if (this.used === this.chunk.length) {
      this.full.push(this.chunk);
      this.before += this.used;
      this.chunk = new Float32Array(Math.min(this.chunk.length * 2, LARGEST));
      this.used = 0;
    }
    this.chunk[this.used++] = value;
  }

  /** The numbers in an array of their own; the collection is empty afterwards. */
  take(): Float32Array {
    const all = new Float32Array(this.length);
    let at = 0;
    for (const chunk of this.full) {
      all.set(chunk, at);
      at += chunk.length;
    }
    all.set(this.chunk.subarray(0, this.used), at);
    this.full = [];
    this.used = 0;
    this.before = 0;
    return all;
  }
}
