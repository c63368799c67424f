// Sequence, window, acknowledgement, resending: what makes of a line that loses and flips bytes one on which every request
// arrives once and in order. The other end is firmware/core/wire.c; docs/wire.md has the rules.
import { randomInt } from "node:crypto";
import { control, type RequestName, replyHead, requests, wire } from "../spec/messages.ts";
import { UserError } from "../spec/user-error.ts";
import type { Carrier } from "./carrier.ts";
import { type Frame, packFrame, unpackFrame } from "./frame.ts";

/** What came back for a request: its error (0 is success), what that is about, and the rest of the payload. */
export type Reply = { error: number; detail: number; payload: Uint8Array };

/** Counted on the host's side since the connection began. */
export type LineCounts = { sent: number; resent: number; damaged: number; doubled: number; missed: number };

type Outgoing = { sequence: number; type: number; payload: Uint8Array; departed?: () => void };
type Waiting = { resolve: (reply: Reply) => void; reject: (error: Error) => void };

/** How long the board may be silent while something is owed, in ms. */
const patienceMs = 10_000;
const tickMs = 50;
/** What a tick counts at most: after a pause of this process what the board has sent meanwhile is still to be read. */
const longestTickMs = 4 * tickMs;
/** What to do about a board that is not heard, where it is one at a port. */
export const unheardHints = {
  never: "check the port, and that engram's firmware runs on the board",
  anyMore: "check that it is plugged in, then try again",
};
const closed = "the link to the board has closed";
const turnedAway = "the board has closed the link without a word";
const helloWaitsMs = [250, 500, 1000, 2000];
const longestResendMs = 2000;
const keepAliveMs = wire.hostSilentMs / 8;

export class Connection {
  /** Frames that may be in flight; 1 until hello has told. */
  window = 1;
  readonly counts: LineCounts = { sent: 0, resent: 0, damaged: 0, doubled: 0, missed: 0 };
  /** Takes what the board sends unasked. */
  onEvent: (type: number, payload: Uint8Array) => void = () => {};
  /** Takes errors of messages that are answered only if they fail. */
  onRefusal: (type: number, reply: Reply) => void = () => {};
  /** Called once if the connection ends before `close`. */
  onFailure: (error: Error) => void = () => {};

  readonly #carrier: Carrier;
  #number = 0;
  #next = 0;
  #expected = 0;
  #ahead = 0;
  #asked = false;
  #acknowledgeDue = false;
  readonly #flight: Outgoing[] = [];
  readonly #queue: Outgoing[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #resendMs: number = wire.resendMs;
  /** When the oldest frame in flight was sent, when anything was, when the board was heard. */
  #sentAt = 0;
  #lastSentAt = 0;
  #heardAt = 0;
  /** How long the board has been silent while something was owed, as far as this process was awake. */
  #silentMs = 0;
  #tickedAt = Date.now();
  /** Frames that either end got damaged or missed, since the board last accepted one. */
  #spoilt = 0;
  /** Whether the board has ever been heard. */
  #met = false;
  #failure: Error | undefined;
  readonly #clock: NodeJS.Timeout;

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
    carrier.listen(
      (packed) => this.#receive(packed),
      (cause) => this.#fail(cause instanceof UserError ? cause : this.#closed(cause)),
    );
    this.#clock = setInterval(() => this.#tick(), tickMs);
    this.#clock.unref();
  }

  /** Opens the connection: a hello under a new number, again and again until one is answered. */
  async open(payload: Uint8Array): Promise<Reply> {
    for (const wait of helloWaitsMs) {
      this.#begin();
      const reply = this.request("hello", payload);
      const answer = await Promise.race([reply, delay(wait)]);
      if (answer) return answer;
      reply.catch(() => {});
    }
    const error = new UserError("the board does not answer", unheardHints.never);
    this.#fail(error);
    throw error;
  }

  /** Sends a request and waits for its reply. */
  request(name: RequestName, payload: Uint8Array): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      const sequence = this.#enqueue(name, payload);
      this.#waiting.set(sequence, { resolve, reject });
      this.#pump();
    });
  }

  /** Sends a message that is answered only if it fails; waits until it is on the line, which is how the window holds back. */
  post(name: RequestName, payload: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#enqueue(name, payload, () => (this.#failure ? reject(this.#failure) : resolve()));
      this.#pump();
    });
  }

  /** Ends the connection and closes what carried it. */
  close(): void {
    this.onFailure = () => {};
    this.#fail(new Error("the connection was closed"));
    this.#carrier.close();
  }

  #closed(cause?: Error): UserError {
    if (this.#met) return new UserError(closed, unheardHints.anyMore, { cause });
    return new UserError(turnedAway, "another program may be using the board; end it first", { cause });
  }

  #begin(): void {
    this.#number = 1 + ((this.#number + randomInt(254)) % 255);
    this.#next = this.#expected = this.#ahead = 0;
    this.#asked = this.#acknowledgeDue = false;
    this.#flight.length = 0;
    this.#queue.length = 0;
    this.#waiting.clear();
    this.#resendMs = wire.resendMs;
  }

  #enqueue(name: RequestName, payload: Uint8Array, departed?: () => void): number {
    if (!this.#owed()) {
      this.#heardAt = Date.now();
      this.#silentMs = 0;
    }
    const sequence = this.#next;
    this.#next = (this.#next + 1) & 0xff;
    this.#queue.push({ sequence, type: requests[name].code, payload, departed });
    return sequence;
  }

  #pump(): void {
    while (this.#flight.length < this.window && this.#queue.length > 0) {
      const outgoing = this.#queue.shift()!;
      if (this.#flight.length === 0) this.#sentAt = Date.now();
      this.#flight.push(outgoing);
      this.#transmit(outgoing);
      outgoing.departed?.();
    }
  }

  #transmit({ sequence, type, payload }: { sequence: number; type: number; payload: Uint8Array }): void {
    this.#acknowledgeDue = false;
    this.counts.sent++;
    this.#lastSentAt = Date.now();
    const frame: Frame = { connection: this.#number, sequence, acknowledge: this.#expected, type, payload };
    this.#carrier.send(packFrame(frame));
  }

  #control(name: keyof typeof control): void {
    this.#transmit({ sequence: this.#next, type: control[name].code, payload: new Uint8Array() });
  }

  #resend(): void {
    for (const outgoing of this.#flight) {
      this.#transmit(outgoing);
      this.counts.resent++;
    }
    this.#sentAt = Date.now();
  }

  #receive(packed: Uint8Array): void {
    if (this.#failure) return;
    const frame = unpackFrame(packed);
    if (!frame) {
      this.counts.damaged++;
      this.#spoilt++;
      if (!this.#asked) this.#askAgain();
      return;
    }
    if (frame.connection !== this.#number) return;
    this.#heardAt = Date.now();
    this.#silentMs = 0;
    this.#met = true;
    this.#acknowledged(frame.acknowledge);
    if (frame.type === control.acknowledge.code) return;
    if (frame.type === control.resend.code) {
      this.#spoilt++;
      this.#resend();
    } else this.#arrived(frame);
  }

  #arrived(frame: Frame): void {
    const distance = (frame.sequence - this.#expected) & 0xff;
    if (distance >= 128) {
      this.counts.doubled++;
      this.#acknowledgeSoon();
      return;
    }
    if (distance > 0) {
      this.counts.missed++;
      // The board has begun again and the wanted frame is still missing: ask once more.
      const again = distance <= ((this.#ahead - this.#expected) & 0xff);
      this.#ahead = frame.sequence;
      if (!this.#asked || again) this.#askAgain();
      return;
    }
    this.#expected = this.#ahead = (this.#expected + 1) & 0xff;
    this.#asked = false;
    this.#acknowledgeSoon();
    this.#deliver(frame);
  }

  #deliver({ type, payload }: Frame): void {
    if (!(type & wire.reply)) {
      this.onEvent(type, payload);
      return;
    }
    const { sequence, error, detail } = replyHead.read(payload);
    const reply = { error, detail, payload: payload.subarray(replyHead.bytes) };
    const waiting = this.#waiting.get(sequence);
    this.#waiting.delete(sequence);
    if (waiting) waiting.resolve(reply);
    else this.onRefusal(type & ~wire.reply, reply);
  }

  #acknowledged(wanted: number): void {
    const count = this.#flight.findIndex(({ sequence }) => sequence === wanted);
    const all = this.#flight.length > 0 && wanted === (this.#flight.at(-1)!.sequence + 1) % 256;
    if (count <= 0 && !all) return;
    this.#flight.splice(0, all ? this.#flight.length : count);
    this.#spoilt = 0;
    this.#resendMs = Math.max(wire.resendMs, this.#resendMs / 2);
    this.#sentAt = Date.now();
    this.#pump();
  }

  #askAgain(): void {
    this.#asked = true;
    this.#control("resend");
  }

  // What follows at once (a request, another reply's handling) carries the acknowledgement for nothing.
  #acknowledgeSoon(): void {
    if (this.#acknowledgeDue) return;
    this.#acknowledgeDue = true;
    setImmediate(() => {
      if (this.#acknowledgeDue && !this.#failure) this.#control("acknowledge");
    });
  }

  /** Whether the board owes an acknowledgement or a reply. */
  #owed(): boolean {
    return this.#flight.length > 0 || this.#waiting.size > 0;
  }

  #tick(): void {
    const now = Date.now();
    this.#silentMs += Math.min(now - this.#tickedAt, longestTickMs);
    this.#tickedAt = now;
    if (this.#number === 0) return;
    if (this.#owed() && this.#silentMs > patienceMs) {
      this.#fail(
        this.#spoilt > 0
          ? new UserError(
              `the line to the board lets too little through (${this.counts.resent} frames sent again)`,
              "check cable and connection, then try again",
            )
          : new UserError("the board has stopped answering", unheardHints.anyMore),
      );
      return;
    }
    // A board that is heard is at work on what came before; what it misses it asks for.
    if (this.#flight.length > 0 && now - Math.max(this.#sentAt, this.#heardAt) > this.#resendMs) {
      this.#resendMs = Math.min(2 * this.#resendMs, longestResendMs);
      this.#resend();
    }
    if (now - this.#lastSentAt > keepAliveMs) this.#control("acknowledge");
  }

  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    clearInterval(this.#clock);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    for (const { departed } of this.#queue) departed?.();
    this.#queue.length = 0;
    this.onFailure(error);
  }
}

const delay = (ms: number): Promise<undefined> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms);
  });
