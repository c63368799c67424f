// A board that hangs is reset by its watchdog. Of the emulated ones QEMU gives one to the MPS2 boards, which share their port.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { builtFirmware } from "../../host/boards/build.ts";
import { childLink } from "../../host/link/child.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { tinyModel } from "../cli/tiny-model.ts";
import { emulatedBoards, folder } from "./boards.ts";

const boardTest = (await emulatedBoards()).some(({ name }) => name === "qemu-m4") ? test : test.skip;
const patienceMs = 30_000;

/** The board's image with a function of the firmware replaced by an endless loop (Thumb's `b .`). */
async function imageThatHangsIn(name: string): Promise<string> {
  const elf = join(await builtFirmware("qemu-m4"), "engram.elf");
  const image = join(folder, "hangs.bin");
  execFileSync("arm-none-eabi-objcopy", ["-O", "binary", elf, image]);
  const symbols = execFileSync("arm-none-eabi-nm", [elf], { encoding: "utf8" });
  const address = new RegExp(`^(\\w+) T ${name}$`, "m").exec(symbols)![1];
  const bytes = readFileSync(image);
  bytes.writeUInt16LE(0xe7fe, Number.parseInt(address, 16)); // the image begins at 0
  writeFileSync(image, bytes);
  return image;
}

/** Waits for what a board says when it starts. */
function greeted(link: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("nothing has reset the board")), patienceMs);
    let heard = "";
    link.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
      if (!heard.includes("\xf0\x79")) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

boardTest("a board that hangs starts again with its model", async () => {
  const image = await imageThatHangsIn("en_session_statistics");
  // An instruction takes 512 ns of the board's time, so that its ten seconds pass in less than one.
  const machine = ["-M", "mps2-an386", "-display", "none", "-monitor", "none", "-icount", "shift=9"];
  const link = childLink("qemu-system-arm", [...machine, "-serial", "stdio", "-kernel", image]);
  try {
    const model = await tinyModel(1);
    const session = await connect(link);
    await session.flashModel(model);
    const again = greeted(link);
    session.statistics().catch(() => {}); // nobody answers
    await again;
    assert.is((await (await connect(link)).status()).sha256, readModel(model, "the model").sha256);
  } finally {
    link.destroy();
  }
});

test.run();
