// A board to measure a model on: one that is started here gets a flash of its own, so that no board of the user's loses its model.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { boardKind, type OpenBoard, type OpenOptions } from "./registry.ts";

/** Opens a board of that kind; without a flash file that the options name, its flash is gone when it is closed. */
export async function openFresh(name: string, options: OpenOptions = {}): Promise<OpenBoard> {
  const kind = await boardKind(name);
  if (options.flash !== undefined || kind.forgets || kind.name === "serial") return kind.open(options);
  const folder = mkdtempSync(join(tmpdir(), "engram-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  const removed = (): void => {
    process.off("exit", remove);
    remove();
  };
  try {
    const board = await kind.open({ ...options, flash: join(folder, "flash") });
    return { ...board, close: () => board.close().finally(removed) };
  } catch (error) {
    removed();
    throw error;
  }
}
