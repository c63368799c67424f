// The kinds of boards by their place: a file kinds/NAME.ts that exports `board` is `--board NAME`.
import { readdirSync } from "node:fs";
import type { Duplex } from "node:stream";
import { meant, UserError } from "../spec/user-error.ts";
import type { Tool } from "./build.ts";
import type { Firmware } from "./firmware.ts";

export type OpenOptions = {
  /** For boards at a port: /dev/ttyACM0, COM3, or tcp:HOST:PORT. */
  port?: string;
  /** For boards of this machine: the file that is their flash, instead of the one in the user's cache folder. */
  flash?: string;
  /** For the native board: a sound file that its microphone hears. */
  microphone?: string;
  /** For boards in QEMU: more flags of it. */
  emulator?: readonly string[];
  /** For emulated boards: time passes with the instructions executed, so that they can be counted. */
  counted?: boolean;
  /** Takes what the board logs (pins, LED, servo). */
  onLog?: (line: string) => void;
  /** Takes what is being done while opening takes long. */
  onProgress?: (doing: string) => void;
};

/** A board in use: `connect(link)` of host/link talks to it; `close` ends it if it was started here. */
export type OpenBoard = {
  link: Duplex;
  close: () => Promise<void>;
  /** Where its firmware was built, if it was built here. */
  folder?: string;
};

/** `pairs`: its kernels want matrices in pairs, which takes padding (docs/container.md). */
export type BoardLimits = { ramBytes: number; slotBytes: number; pairs?: boolean };

export type BoardKind = {
  name: string;
  /** One line for `engram boards`. */
  describe: string;
  /** Undefined if it can be opened here; else what is missing and how to get it. */
  available(): Promise<{ what: string; hint: string } | undefined>;
  /** What its firmware gives a model: RAM, and the length of its file. Undefined where boards of the kind differ. */
  limits?: BoardLimits;
  /** An emulated board that has no file for its flash: models are gone when it is closed. */
  forgets?: boolean;
  /** For emulated boards: the compiler, then the emulator if that is a program. */
  tools?: readonly Tool[];
  /** The emulator with its version where it is none. */
  emulator?: string;
  /** For emulated boards: ticks of the board's clock in an instruction, when opened `counted`. */
  ticksPerInstruction?: number;
  /** How far the firmware of a chip was tried here, as its README says too; undefined where there is no chip. */
  tried?: "runs in emulation" | "built and image checked";
  /** How a real board of the kind gets the firmware; undefined where there is none. */
  firmware?: Firmware;
  /** UserError if it cannot be opened. */
  open(options: OpenOptions): Promise<OpenBoard>;
};

const place = new URL("./kinds/", import.meta.url);
const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));

/** All kinds, by name. */
export async function boardKinds(): Promise<BoardKind[]> {
  const files = readdirSync(place).filter((file) => file.endsWith(extension) && !file.includes(".d."));
  const modules = await Promise.all(files.sort().map((file) => import(new URL(file, place).href)));
  return modules.map(({ board }) => board as BoardKind);
}

/** The kind of that name. UserError if there is none. */
export async function boardKind(name: string): Promise<BoardKind> {
  const kinds = await boardKinds();
  const kind = kinds.find((kind) => kind.name === name);
  if (kind) return kind;
  const names = kinds.map(({ name }) => name);
  throw new UserError(`there is no board ${name}`, meant(name, names), { usage: true });
}

/** Opens a board: the kind of that name; without a name the one that a port stands for, or `native`. */
export async function openBoard(name: string | undefined, options: OpenOptions = {}): Promise<OpenBoard> {
  return (await boardKind(name ?? (options.port ? "serial" : "native"))).open(options);
}
