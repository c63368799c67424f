// What carries packed frames: the connection sits on this and does not know whether it is a byte stream or somebody's Firmata.
import type { Duplex } from "node:stream";
import { SysexFinder, sysex } from "./frame.ts";

export type Carrier = {
  /** Sends the content of one of our SysEx messages (bytes below 0x80, without command and end). */
  send(packed: Uint8Array): void;
  /** Says where received contents go, and what to call once nothing more can come. */
  listen(received: (packed: Uint8Array) => void, closed: (cause?: Error) => void): void;
  close(): void;
};

/** Frames over a byte stream: serial port, socket, pipes. */
export function duplexCarrier(link: Duplex): Carrier {
  return {
    send(packed) {
      if (link.writable) link.write(sysex(packed));
    },
    listen(received, closed) {
      const finder = new SysexFinder(received);
      link.on("data", (chunk: Uint8Array) => finder.take(chunk));
      link.once("error", closed);
      link.once("close", () => closed());
      link.once("end", () => closed());
    },
    close() {
      link.destroy();
    },
  };
}

/** What Firmata objects of firmata-io and johnny-five offer for SysEx of users. */
export type FirmataIo = {
  sysexCommand(message: number[]): unknown;
  sysexResponse(command: number, handler: (this: unknown, data: number[]) => void): unknown;
};

// firmata-io has one handler for a command, for all boards of the process and for good, and calls it on the board.
const receivers = new WeakMap<object, (packed: Uint8Array) => void>();
const handled = new WeakSet<object>();

/** Frames over a Firmata object that somebody else opened and owns; one connection at a time. */
export function firmataCarrier(io: FirmataIo, command: number): Carrier {
  return {
    send(packed) {
      io.sysexCommand([command, ...packed]);
    },
    listen(received) {
      receivers.set(io, received);
      if (handled.has(io.sysexResponse)) return;
      handled.add(io.sysexResponse);
      io.sysexResponse(command, function (data) {
        receivers.get((this ?? io) as object)?.(Uint8Array.from(data));
      });
    },
    close() {
      receivers.delete(io);
    },
  };
}
