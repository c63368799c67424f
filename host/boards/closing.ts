// Links that end with their board.
import type { Duplex } from "node:stream";
import type { OpenBoard } from "./registry.ts";

/** A board whose link, once destroyed, has released everything. */
export function closing(link: Duplex): OpenBoard {
  const closed = new Promise<void>((resolve) => {
    link.once("close", resolve);
  });
  link.on("error", () => {}); // whoever uses the link hears of it; without a listener Node would end the program
  return {
    link,
    async close() {
      link.destroy();
      await closed;
    },
  };
}
