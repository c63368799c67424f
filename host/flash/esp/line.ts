// The line to a boot ROM: bytes, and where it is a serial port the two control lines that reset the chip and hold its boot pin.
import type { Duplex } from "node:stream";
import { serialLink } from "../../link/serial.ts";
import { tcpLink } from "../../link/tcp.ts";
import { UserError } from "../../spec/user-error.ts";

export type Line = {
  /** What people call it. */
  name: string;
  duplex: Duplex;
  /** Sets DTR (boot pin low) and RTS (reset low); undefined where there are none. */
  setSignals?: (dtr: boolean, rts: boolean) => Promise<void>;
  setBaudRate?: (rate: number) => Promise<void>;
  /** The chip's own USB, without a UART between. */
  ownUsb?: boolean;
};

/** Opens a serial port, or tcp:HOST:PORT. UserError if it is not there or in use. */
export async function openLine(port: string, usb?: string): Promise<Line> {
  const [, host, number] = /^tcp:(.+):(\d{1,5})$/.exec(port) ?? [];
  if (host) return { name: port, duplex: await tcpLink(host, Number(number)) };
  const duplex = await serialLink(port);
  const settable = duplex as Duplex & {
    set(signals: { dtr: boolean; rts: boolean }, done: (error?: Error | null) => void): void;
    update(options: { baudRate: number }, done: (error?: Error | null) => void): void;
  };
  const done = (act: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => act((cause) => (cause ? reject(fails(port, cause)) : resolve())));
  const setSignals = (dtr: boolean, rts: boolean) => done((call) => settable.set({ dtr, rts }, call));
  const hasSignals = await setSignals(false, false).then(
    () => true,
    () => false, // a pseudo-terminal
  );
  return {
    name: port,
    duplex,
    setSignals: hasSignals ? setSignals : undefined,
    setBaudRate: (baudRate) => done((call) => settable.update({ baudRate }, call)),
    ownUsb: usb === "303a:1001",
  };
}

const fails = (port: string, cause: Error): UserError =>
  new UserError(`port ${port} fails: ${cause.message}`, "plug the board in again, then flash again", { cause });

export const unplugged = (line: Line, when: string): UserError =>
  new UserError(
    `${line.name} is gone ${when}`,
    "plug the board in and flash again: its boot ROM cannot be overwritten, and what is written already is kept",
  );
