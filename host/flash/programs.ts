// Firmware by other people's programs: dfu-util for ST's boot ROM, openocd for debug probes.
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../spec/user-error.ts";
import type { Progress } from "./progress.ts";

export type ProgramOptions = { onProgress?: Progress; signal?: AbortSignal };

const tries = 3;
const hex = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export const isInstalled = (program: string): Promise<boolean> =>
  new Promise((resolve) => execFile(program, ["--version"], (error) => resolve(error?.code !== "ENOENT")));

/** Whether dfu-util sees a device with these ids. UserError if it may not be opened. */
export async function seesDfu(usb: string): Promise<boolean> {
  const { said } = await run("dfu-util", ["-l"]);
  if (said.includes(`Cannot open DFU device ${usb}`))
    throw new UserError(
      `you have no permission to open the USB device ${usb}`,
      "add a udev rule for it, or run with sudo",
    );
  return said.includes(`Found DFU: [${usb}]`);
}

/** Writes, reads back and compares, up to three times, then starts the board. @returns what was verified */
export async function flashByDfu(
  usb: string,
  address: number,
  bytes: Uint8Array,
  options: ProgramOptions = {},
): Promise<string> {
  return inFolder(async (folder) => {
    const file = join(folder, "engram.bin");
    writeFileSync(file, bytes);
    const device = ["-d", usb, "-a", "0"];
    for (let attempt = 1; ; attempt++) {
      const back = join(folder, `back-${attempt}.bin`);
      const written = await run("dfu-util", [...device, "-s", hex(address), "-D", file], share(options, bytes.length));
      const range = `${hex(address)}:${bytes.length}`;
      const upload = ["-s", range, "-U", back];
      const read =
        written.code === 0 ? await run("dfu-util", [...device, ...upload], share(options, bytes.length)) : written;
      if (read.code === 0 && sha256(readFileSync(back)) === sha256(bytes)) break;
      if (attempt < tries && (await seesDfu(usb))) continue;
      const why = read.code === 0 ? "the flash reads back otherwise" : lastLine(read.said);
      throw new UserError(
        `dfu-util ${read.code === 0 ? "wrote" : "ended"}, and ${why}`,
        "have the board in its boot loader (BOOT0 high, reset), then flash again: that cannot be lost",
      );
    }
    await run("dfu-util", [...device, "-s", `${hex(address)}:4:leave`, "-U", join(folder, "leave.bin")]);
    return "SHA-256 of what was read back";
  });
}

/** Writes and verifies with openocd through a debug probe. @returns what was verified */
export async function flashByOpenocd(
  probe: string,
  target: string,
  name: string,
  bytes: Uint8Array,
  address: number | undefined,
  { signal }: ProgramOptions = {},
): Promise<string> {
  return inFolder(async (folder) => {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    const where = address === undefined ? "" : ` ${hex(address)}`;
    const program = `program {${file}} verify reset exit${where}`;
    let said = "";
    for (let attempt = 0; attempt < tries; attempt++) {
      const ran = await run("openocd", ["-f", probe, "-f", target, "-c", program], { signal });
      if (ran.code === 0 && ran.said.includes("Verified OK")) return "openocd compared the flash";
      said = ran.said;
      if (!said.includes("Programming Started")) break; // no probe, no board
    }
    const why = said.split("\n").find((line) => line.startsWith("Error:")) ?? lastLine(said);
    throw new UserError(
      `openocd does not flash the board: ${why.replace(/^Error: /, "").trim()}`,
      "check probe, cable and board",
    );
  });
}

type Ran = { code: number | null; said: string };

function run(program: string, args: readonly string[], { signal, onLine }: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], signal });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        said += chunk;
        onLine?.(chunk.toString());
      });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, said }));
  });
}

type RunOptions = { signal?: AbortSignal; onLine?: (text: string) => void };

/** dfu-util tells percents. */
function share({ signal, onProgress }: ProgramOptions, bytes: number): RunOptions {
  return {
    signal,
    onLine: (text) => {
      const [, doing, percent] = [...text.matchAll(/(Download|Upload)[^%]*?(\d+)%/g)].at(-1) ?? [];
      const what = doing === "Upload" ? "reading back" : "flashing";
      if (percent) onProgress?.(Math.round((bytes * Number(percent)) / 100), bytes, what);
    },
  };
}

async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "engram-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const lastLine = (said: string): string => said.trim().split("\n").at(-1)?.trim() || "it said nothing";
