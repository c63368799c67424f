// The board's end of the wire for a board in this process: the frames of firmware/core/wire.c. What carries them loses
// nothing, so nothing is kept to be sent again; what comes twice or ahead is dropped as on any board.
import { Duplex } from "node:stream";
import { packFrame, SysexFinder, sysex, unpackFrame } from "../../link/frame.ts";
import { control, replyHead, requests, wire } from "../../spec/messages.ts";

export type Request = { type: number; sequence: number; payload: Uint8Array };

export class NodeWire {
  /** The host's end. */
  readonly link: Duplex;
  readonly damaged = { frames: 0 };
  readonly #handle: (request: Request) => void;
  #connection = 0;
  #expected = 0;
  #next = 0;
  #acknowledgeDue = false;

  /** @param handle answers a request, at once */
  constructor(handle: (request: Request) => void) {
    this.#handle = handle;
    const finder = new SysexFinder((packed) => this.#receive(packed));
    this.link = new Duplex({
      read() {},
      write(chunk: Uint8Array, _, done) {
        finder.take(chunk);
        setImmediate(done); // a board that computes for long still lets the host's program breathe
      },
    });
  }

  send(type: number, payload: Uint8Array): void {
    if (this.#connection === 0) return;
    this.#transmit(type, this.#next, payload);
    this.#next = (this.#next + 1) & 0xff;
  }

  reply(request: Request, error: number, detail = 0, payload: Uint8Array = new Uint8Array()): void {
    const bytes = new Uint8Array(replyHead.bytes + payload.length);
    replyHead.write(bytes, 0, { sequence: request.sequence, reserved: 0, error, detail });
    bytes.set(payload, replyHead.bytes);
    this.send(request.type | wire.reply, bytes);
  }

  #transmit(type: number, sequence: number, payload: Uint8Array): void {
    this.#acknowledgeDue = false;
    const frame = { connection: this.#connection, sequence, acknowledge: this.#expected, type, payload };
    this.link.push(sysex(packFrame(frame)));
  }

  #receive(packed: Uint8Array): void {
    const frame = unpackFrame(packed);
    if (!frame) {
      this.damaged.frames++;
      return;
    }
    if (frame.type === requests.hello.code && frame.connection !== this.#connection) {
      this.#connection = frame.connection;
      this.#expected = this.#next = 0;
    }
    const { connection, sequence, type, payload } = frame;
    if (connection !== this.#connection || type === control.acknowledge.code || type === control.resend.code) return;
    if (sequence === this.#expected) {
      this.#expected = (this.#expected + 1) & 0xff;
      this.#acknowledgeDue = true;
      this.#handle({ type, sequence, payload });
      if (!this.#acknowledgeDue) return;
    }
    this.#transmit(control.acknowledge.code, this.#next, new Uint8Array());
  }
}
