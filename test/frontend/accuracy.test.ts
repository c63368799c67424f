// What the integers of the front end cost in decisions: the shipped model behind them, and behind double precision.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../host/compile/assembly.ts";
import { readDataSets } from "../../host/data/data-set.ts";
import { Notices } from "../../host/data/notices.ts";
import { readFrontEnd } from "../../host/features/frontend-section.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { evaluateClips } from "../../host/tasks/keywords/evaluation.ts";
import { integerListener, type Listener } from "../../host/tasks/keywords/listener.ts";
import { floatFrames } from "./reference.ts";

const data = join(process.env.ENGRAM_DATA ?? join(packageRoot(), "..", "shared", "data"), "speech-commands");
const there = existsSync(data);
if (!there) console.log(`skipped: no data at ${data}`);

/** The model with the same bands in double precision, rounded once. For whole clips only. */
function exactListener(file: Uint8Array): Listener {
  const model = new IntegerModel(file);
  const parameters = readFrontEnd(model.model.sections.get("FRNT")!.bytes);
  const sat16 = (value: number) => Math.max(-32768, Math.min(32767, Math.round(value)));
  return {
    ...integerListener(file, "the model"),
    reset: async () => model.reset(),
    async hear(samples) {
      const frames = floatFrames(samples, parameters);
      const logits = new Int16Array(frames.length * model.outputs);
      for (const [i, frame] of frames.entries()) {
        const features = frame.map((level) => sat16((level - parameters.offset) * 2 ** (parameters.format - 2)));
        logits.set(model.step(Int16Array.from(features)), i * model.outputs);
      }
      return logits;
    },
  };
}

(there ? test : test.skip)("integers instead of double precision cost at most 0.3 points of the clips", async () => {
  const file = new Uint8Array(readFileSync(join(packageRoot(), "models", "keywords.engram")));
  const dataSet = await readDataSets([data], new Notices());
  const [integer, exact] = await Promise.all(
    [integerListener(file, "the model"), exactListener(file)].map((listener) =>
      evaluateClips(listener, dataSet, "test", 1, new Notices()),
    ),
  );
  const percent = ({ accuracy }: { accuracy: number }) => `${(100 * accuracy).toFixed(2)} %`;
  console.log(`${integer.clips} clips right: ${percent(integer)} with integers, ${percent(exact)} in double precision`);
  assert.ok(integer.accuracy > exact.accuracy - 0.003);
});

test.run();
