// A board inside Node, for machines without a C compiler: the same messages and the same integers, in V8 instead of wasm3.
import { join } from "node:path";
import { cacheFolder } from "../build.ts";
import { closing } from "../closing.ts";
import { NodeSession } from "../node/session.ts";
import { NodeStore } from "../node/store.ts";
import type { BoardKind } from "../registry.ts";

export const board: BoardKind = {
  name: "node",
  describe: "a board inside Node: the same messages and results, in V8; no pins, no Firmata",

  async available() {
    return undefined;
  },

  async open({ flash = join(cacheFolder(), "node.flash") }) {
    const store = new NodeStore(flash);
    const { link } = new NodeSession(store).wire;
    link.once("close", () => store.close());
    return closing(link);
  },
};
