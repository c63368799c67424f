// SLIP, the framing of the boot ROM's line (RFC 1055, with an END before each packet too).

export const end = 0xc0;
const escapes = 0xdb;
const [escapedEnd, escapedEscape] = [0xdc, 0xdd];

/** A packet as it goes over the line. */
export function slip(packet: Uint8Array): Uint8Array {
  const bytes = [end];
  for (const byte of packet) {
    if (byte === end) bytes.push(escapes, escapedEnd);
    else if (byte === escapes) bytes.push(escapes, escapedEscape);
    else bytes.push(byte);
  }
  bytes.push(end);
  return Uint8Array.from(bytes);
}

/**
 * Finds packets in a stream of bytes. What stands outside of them is passed over, and so is a packet with a wrong escape. An END
 * right after another opens a packet: so one that got lost costs the packet it stood at, not all that follow.
 */
export class SlipFinder {
  readonly #found: (packet: Uint8Array) => void;
  #packet: number[] | undefined;
  #escaped = false;

  constructor(found: (packet: Uint8Array) => void) {
    this.#found = found;
  }

  /** Forgets a packet that has begun. */
  reset(): void {
    this.#packet = undefined;
    this.#escaped = false;
  }

  take(bytes: Uint8Array): void {
    for (const byte of bytes) this.#takeByte(byte);
  }

  #takeByte(byte: number): void {
    if (byte === end) {
      const packet = this.#packet;
      this.#packet = packet?.length ? undefined : [];
      this.#escaped = false;
      if (packet?.length) this.#found(Uint8Array.from(packet));
    } else if (this.#escaped) {
      this.#escaped = false;
      if (byte === escapedEnd) this.#packet?.push(end);
      else if (byte === escapedEscape) this.#packet?.push(escapes);
      else this.#packet = undefined;
    } else if (byte === escapes) this.#escaped = true;
    else this.#packet?.push(byte);
  }
}
