// Drives that boards show while they wait for firmware: boot ROMs that take UF2, and DAPLink's, which takes Intel HEX.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Drive = {
  path: string;
  by: "uf2" | "daplink";
  /** Of UF2 its Board-ID, of DAPLink the begin of its unique id, which names the board. */
  id: string;
};

/** @param folders where drives are mounted */
export const drivesIn = (folders: readonly string[]): Drive[] =>
  folders.flatMap((path) => {
    const drive = driveAt(path);
    return drive ? [drive] : [];
  });

/** The drives that are there. */
export const drives = (): Drive[] => drivesIn(mounted());

/** What a folder says that it is; undefined of an ordinary one. */
export function driveAt(path: string): Drive | undefined {
  const uf2 = /^Board-ID:\s*(\S+)/m.exec(textOf(join(path, "INFO_UF2.TXT")));
  if (uf2) return { path, by: "uf2", id: uf2[1] };
  const daplink = /^Unique ID:\s*([0-9a-f]{4})/im.exec(textOf(join(path, "DETAILS.TXT")));
  return daplink ? { path, by: "daplink", id: daplink[1] } : undefined;
}

/** A text file's content, empty if it cannot be read. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

const labels: Record<Drive["by"], string> = { uf2: "RPI-RP2", daplink: "MICROBIT" };

/** A command that mounts a drive that Linux sees and did not mount, if there is one. @param folder where Linux lists labels */
export function mountCommand(by: Drive["by"], folder = "/dev/disk/by-label"): string | undefined {
  const device = join(folder, labels[by]);
  return existsSync(device) ? `udisksctl mount -b ${device}` : undefined;
}

const fatSystems = /^(vfat|msdos|exfat|fuseblk)$/;

function mounted(): string[] {
  if (process.platform === "win32")
    return [..."DEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => `${letter}:\\`).filter((path) => existsSync(path));
  if (process.platform === "darwin") return readdirSync("/Volumes").map((name) => join("/Volumes", name));
  return mountsIn(textOf("/proc/self/mounts"));
}

/** Folders of a table as in /proc/self/mounts where a drive of a board may be: spaces in it are written \040. */
export const mountsIn = (table: string): string[] =>
  table
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , system]) => fatSystems.test(system ?? ""))
    .map(([, folder]) => folder.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))));
