// A link to a board at a serial port (a pseudo-terminal is one, too).
import { existsSync, readdirSync } from "node:fs";
import type { Duplex } from "node:stream";
import { UserError } from "../spec/user-error.ts";

const baudRate = 115200;

/** Opens and locks a port. UserError if it does not exist or another program has it. */
export async function serialLink(path: string): Promise<Duplex> {
  if (path.startsWith("/") && !existsSync(path)) throw await missing(path);
  const { SerialPort } = await import("serialport");
  const port = new SerialPort({ path, baudRate, autoOpen: false, endOnClose: true });
  await new Promise<void>((resolve, reject) => {
    port.open((cause) => (cause ? reject(explain(path, cause)) : resolve()));
  });
  // serialport's own streams keep the port open when they are destroyed.
  return Object.assign(port, {
    _destroy(error: Error | null, done: (error: Error | null) => void) {
      if (port.isOpen) port.close(() => done(error));
      else done(error);
    },
  });
}

/** A serial port: its path and, over USB, the ids of vendor and product, as in "0d28:0204". */
export type PortFacts = { path: string; usb?: string };

/** Paths of the serial ports that are there. */
export async function serialPorts(): Promise<string[]> {
  return (await portFacts()).map(({ path }) => path);
}

/** The serial ports that are there. */
export async function portFacts(): Promise<PortFacts[]> {
  const { SerialPort } = await import("serialport");
  try {
    return (await SerialPort.list())
      .filter(({ path }) => !path.startsWith("/dev/ttyS"))
      .map(({ path, vendorId, productId }) => ({
        path,
        usb: vendorId && productId ? `${vendorId}:${productId}`.toLowerCase() : undefined,
      }));
  } catch {
    return devicePorts().map((path) => ({ path })); // Linux without udevadm
  }
}

function devicePorts(): string[] {
  try {
    return readdirSync("/dev")
      .filter((name) => /^(ttyUSB|ttyACM|cu\.usb)/.test(name))
      .map((name) => `/dev/${name}`);
  } catch {
    return [];
  }
}

async function missing(path: string): Promise<UserError> {
  const there = await serialPorts();
  const hint = there.length > 0 ? `there are ${there.join(", ")}` : "plug the board in; no serial port is there now";
  return new UserError(`there is no port ${path}`, hint);
}

function explain(path: string, cause: Error): UserError {
  if (/lock|busy|access denied|temporarily unavailable/i.test(cause.message)) {
    return new UserError(`port ${path} is in use by another program`, "end that program first", { cause });
  }
  if (/permission/i.test(cause.message)) {
    return new UserError(
      `no permission to open port ${path}`,
      "on Linux: sudo usermod -aG dialout $USER, then log in again",
      { cause },
    );
  }
  return new UserError(
    `port ${path} cannot be opened: ${cause.message.replace(/^Error: /, "")}`,
    "check that it is a serial port",
    { cause },
  );
}
