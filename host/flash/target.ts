// Which board firmware is for, and where it is.
import type { Firmware } from "../boards/firmware.ts";
import { boardKind, boardKinds } from "../boards/registry.ts";
import { portFacts } from "../link/serial.ts";
import { UserError } from "../spec/user-error.ts";
import { type Drive, driveAt } from "./drives.ts";
import type { KindWithFirmware } from "./image.ts";
import { plugged } from "./usb.ts";

export type Wanted = { board?: string; images?: readonly string[]; to?: string };

/** The kind that is named or, where neither it nor an image is, the one that is plugged in. */
export async function kindOf({ board, images = [], to }: Wanted): Promise<KindWithFirmware | undefined> {
  if (board !== undefined) return withFirmware(board);
  if (images.length > 0) return undefined;
  const kinds = await allWithFirmware();
  const there = to === undefined ? await plugged() : [];
  const drive = to === undefined ? undefined : driveAt(to);
  const isThere = ({ firmware }: KindWithFirmware): boolean =>
    (drive ? [{ drive, usb: undefined }] : there).some(({ drive, usb }) =>
      drive ? takes(firmware, drive) : firmware.by === "dfu" && firmware.usb === usb,
    );
  const found = kinds.filter(isThere);
  if (found.length === 1) return found[0];
  const names = (found.length > 0 ? found : kinds).map(({ name }) => name).join(", ");
  throw new UserError(
    found.length > 0 ? `several boards are plugged in: ${names}` : "no board is found that there is firmware for",
    `say which with --board NAME, one of ${names}; ESP chips take --image FILE`,
  );
}

async function withFirmware(name: string): Promise<KindWithFirmware> {
  const kind = await boardKind(name);
  if (kind.firmware) return kind as KindWithFirmware;
  const names = (await allWithFirmware()).map(({ name }) => name).join(", ");
  throw new UserError(`there is no firmware for real boards of kind ${name}`, `there is for ${names}`);
}

const allWithFirmware = async (): Promise<KindWithFirmware[]> =>
  (await boardKinds()).filter((kind): kind is KindWithFirmware => kind.firmware !== undefined);

/** Whether firmware goes onto a drive like this one. */
export const takes = (firmware: Firmware, { by, id }: Drive): boolean =>
  firmware.by === by &&
  (firmware.by === "uf2" ? id.startsWith(firmware.boardId) : firmware.by === "daplink" && firmware.ids.includes(id));

const espBridges = /^(303a:|10c4:ea60|1a86:|0403:6001)/;

/** The port that is named, or the only one where an ESP chip may be. */
export async function espPort(port: string | undefined): Promise<{ path: string; usb?: string }> {
  const all = await portFacts();
  if (port !== undefined) return all.find(({ path }) => path === port) ?? { path: port };
  const likely = all.filter(({ usb }) => usb !== undefined && espBridges.test(usb));
  if (likely.length === 1) return likely[0];
  throw new UserError(
    likely.length > 1 ? "several ports may be of an ESP chip" : "no port of an ESP chip is there",
    likely.length > 1
      ? `say which with --port: ${likely.map(({ path }) => path).join(", ")}`
      : "plug the board in, or give its --port PATH",
  );
}
