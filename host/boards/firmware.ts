// How real boards of a kind get their firmware: facts for host/flash.

export type EspChip = "esp32" | "esp32s3" | "esp32c3";

/** A piece of an address space. */
export type Span = { address: number; bytes: number };

export type FirmwareWay =
  /** Over the chip's serial boot ROM. Images lie in the build's folder. */
  | { by: "esp"; chip: EspChip; images: readonly { file: string; address: number }[] }
  /** A drive of the boot ROM that takes UF2. `boardId` begins the Board-ID in its INFO_UF2.TXT. */
  | { by: "uf2"; boardId: string; family: number; flash: Span }
  /** A drive of the debug chip that takes Intel HEX; `ids` begin its unique id. Else openocd with this target. */
  | { by: "daplink"; ids: readonly string[]; flash: Span; openocd: string }
  /** ST's boot ROM over USB (DfuSe), else openocd with this target. */
  | { by: "dfu"; usb: string; flash: Span; openocd: string };

export type Firmware = FirmwareWay & {
  /** The folder of firmware/boards with what a real chip takes, where the kind's own is for an emulator only. */
  folder?: string;
  /** Where the board keeps models in flash that the image can hold: units of that flash. The linker's en_kept_start and
   * en_kept_end say where. */
  kept?: { eraseBytes: number; writeBytes: number };
};
