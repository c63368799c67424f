// What is plugged in: serial ports, drives that boards show, and, where the system lists them, USB devices that are neither.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type PortFacts, portFacts } from "../link/serial.ts";
import { type Drive, drives, textOf } from "./drives.ts";

export type Plugged = {
  /** A port's path, a drive's folder, or "usb". */
  at: string;
  what: string;
  usb?: string;
  drive?: Drive;
  isPort?: boolean;
};

/** Where to look; tests give others. */
export type Sources = { ports(): Promise<PortFacts[]>; drives(): Drive[]; usb(): string[] };

// Vendor and product, or a vendor alone. Numbers: linux-usb.org/usb.ids, and the makers' own lists.
const names: Record<string, string> = {
  "303a:1001": "ESP32-S3, ESP32-C3 or later by its own USB",
  "303a": "board with an Espressif chip",
  "10c4:ea60": "USB-serial CP210x, as on many ESP32 boards",
  "1a86:7523": "USB-serial CH340, as on many boards",
  "1a86:55d4": "USB-serial CH9102, as on many ESP32 boards",
  "0403:6001": "USB-serial FT232, as on many boards",
  "2e8a:0003": "RP2040 in its boot loader",
  "2e8a:000a": "Raspberry Pi Pico",
  "2e8a": "board with a chip of Raspberry Pi",
  "0d28:0204": "board with DAPLink, such as micro:bit",
  "0483:df11": "STM32 in its boot loader (DFU)",
  "0483:5740": "STM32, USB serial",
  "0483:374b": "ST-LINK, as on Nucleo boards",
  "2341": "Arduino",
};

/** What USB ids stand for; undefined if that is not known. */
export const nameOf = (usb: string): string | undefined => names[usb] ?? names[usb.slice(0, 4)];

const bootIds = ["2e8a:0003", "0483:df11"];

export async function plugged(sources: Sources = here): Promise<Plugged[]> {
  const ports = (await sources.ports()).map(({ path, usb }) => ({
    at: path,
    what: (usb && nameOf(usb)) ?? (usb ? "unknown USB device" : "serial port"),
    usb,
    isPort: true,
  }));
  const found = sources.drives().map((drive) => ({ at: drive.path, what: describe(drive), drive }));
  const shown = new Set(found.map(({ drive }) => drive.by));
  // A boot loader's drive says more than its ids do.
  const others = sources.usb().filter((usb) => bootIds.includes(usb) && !(usb === "2e8a:0003" && shown.has("uf2")));
  return [...ports, ...found, ...others.map((usb) => ({ at: "usb", what: nameOf(usb)!, usb }))];
}

const describe = ({ by, id }: Drive): string =>
  by === "uf2" ? `drive of a boot loader that takes UF2 (${id})` : `drive of a board with DAPLink (${id})`;

/** Calls back with what has come and gone, until the signal. The first call has all that is there. */
export async function watchPlugged(
  onChange: (come: Plugged[], gone: Plugged[]) => void,
  { signal, everyMs = 500, sources = here }: { signal: AbortSignal; everyMs?: number; sources?: Sources },
): Promise<void> {
  const key = ({ at, usb, what }: Plugged): string => `${at} ${usb} ${what}`;
  let before = new Map<string, Plugged>();
  while (!signal.aborted) {
    const now = new Map((await plugged(sources)).map((each) => [key(each), each]));
    const come = [...now].filter(([key]) => !before.has(key)).map(([, each]) => each);
    const gone = [...before].filter(([key]) => !now.has(key)).map(([, each]) => each);
    if (come.length > 0 || gone.length > 0) onChange(come, gone);
    before = now;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, everyMs);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      }
      signal.addEventListener("abort", done);
    });
  }
}

const here: Sources = { ports: portFacts, drives, usb: () => usbIdsIn("/sys/bus/usb/devices") };

/** Ids of all USB devices that Linux lists in a folder. */
export function usbIdsIn(folder: string): string[] {
  try {
    const idOf = (device: string, file: string) => textOf(join(folder, device, file)).trim();
    return readdirSync(folder)
      .map((device) => `${idOf(device, "idVendor")}:${idOf(device, "idProduct")}`)
      .filter((id) => id.length === 9);
  } catch {
    return []; // another system
  }
}
