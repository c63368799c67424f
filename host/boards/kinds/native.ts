// A board that is a process of this machine: the real firmware core, wasm3 and all, with a file for flash.
import { join } from "node:path";
import { childLink } from "../../link/child.ts";
import { cacheFolder, missingTools, nativeProgram } from "../build.ts";
import { closing } from "../closing.ts";
import { checkFlashPlace } from "../flash-file.ts";
import type { BoardKind } from "../registry.ts";

export const board: BoardKind = {
  name: "native",
  describe: "the firmware as a process on this machine (built with CMake on first use)",
  available: missingTools,

  async open({ flash = join(cacheFolder(), "native.flash"), microphone, onLog, onProgress }) {
    checkFlashPlace(flash);
    const program = await nativeProgram(onProgress);
    return closing(childLink(program, ["--flash", flash, ...(microphone ? ["--microphone", microphone] : [])], onLog));
  },
};
