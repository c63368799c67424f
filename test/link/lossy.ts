// A line that drops and flips bytes, in both directions.
import { Duplex } from "node:stream";
import type { Random } from "../../host/data/random.ts";

/** @param rate of bytes that are dropped, and as many again that have a bit flipped */
export function lossy(line: Duplex, random: Random, rate: number): Duplex {
  const spoil = (chunk: Uint8Array): Uint8Array =>
    Uint8Array.from(
      [...chunk].flatMap((byte) => {
        const chance = random.uniform();
        if (chance < rate) return [];
        return [chance < 2 * rate ? byte ^ (1 << random.int(8)) : byte];
      }),
    );
  const spoiled = new Duplex({
    read() {},
    write: (chunk, _, done) => void line.write(spoil(chunk), done),
    destroy(error, done) {
      line.destroy();
      done(error);
    },
  });
  line.on("data", (chunk) => spoiled.push(spoil(chunk)));
  line.on("close", () => spoiled.destroy());
  return spoiled;
}
