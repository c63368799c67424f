// Instructions that a board takes in a second in which nothing happens: QEMU runs them one by one and logs each.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { BoardKind } from "../../host/boards/registry.ts";
import { connect } from "../../host/link/session.ts";

/** An M0, an M4, a RISC-V. */
export const idleBoards = ["microbit", "qemu-m4", "rv32"];
/** Until a board that was greeted is at rest. */
const settleMs = 1000;

/**
 * @param model file that the board has loaded meanwhile
 * @param seconds of the board's time, which passes as ours does
 */
export async function idleInstructions(kind: BoardKind, model: Uint8Array, seconds = 1): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "engram-idle-"));
  const [log, monitor] = [join(folder, "log"), join(folder, "monitor")];
  const emulator = ["-singlestep", "-D", log, "-monitor", `unix:${monitor},server=on,wait=off`];
  const board = await kind.open({ flash: join(folder, "flash"), emulator });
  try {
    const session = await connect(board.link);
    await session.flashModel(model);
    const console = dial(monitor);
    console.resume();
    const tell = (what: string) => new Promise((done) => console.write(`${what}\n`, done));
    await pause(settleMs);
    await tell("log exec,nochain");
    const begun = performance.now();
    await pause(1000 * seconds);
    await tell("log none");
    const passed = (performance.now() - begun) / 1000;
    await pause(200);
    console.destroy();
    session.close();
    return Math.round(readFileSync(log, "latin1").split("\nTrace ").length / passed);
  } finally {
    await board.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
