// The shipped model over the whole test split of Speech Commands, state never reset: V8 and the native board, frame by frame.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { boardListener } from "../../host/boards/board-listener.ts";
import { opCodes } from "../../host/cli/model-file.ts";
import { packageRoot } from "../../host/compile/assembly.ts";
import { padClip } from "../../host/data/augment.ts";
import { readDataSets } from "../../host/data/data-set.ts";
import { Notices } from "../../host/data/notices.ts";
import { readSounds } from "../../host/data/sound.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { integerListener } from "../../host/tasks/keywords/listener.ts";
import { boardTest, startBoard } from "./program.ts";

const data = join(process.env.ENGRAM_DATA ?? join(packageRoot(), "..", "shared", "data"), "speech-commands");
const there = existsSync(data);
if (!there) console.log(`skipped: no data at ${data}`);

(there ? boardTest : test.skip)("every logit of every frame is the same in V8 and on the native board", async () => {
  const file = new Uint8Array(readFileSync(join(packageRoot(), "models", "keywords.engram")));
  const { clips } = await readDataSets([data], new Notices());
  const paths = clips.filter(({ split }) => split === "test").map(({ path }) => path);
  const { link, close } = startBoard();
  const session = await connect(link);
  await session.flashModel(file, { ops: opCodes(readModel(file, "the model")) });
  const board = await boardListener(session);
  const v8 = integerListener(file, "the model");
  let logits = 0;
  for (const { sound } of readSounds(paths, new Notices(), 16000)) {
    const samples = padClip(sound.samples, 16000);
    const [there, here] = await Promise.all([board.hear(samples), v8.hear(samples)]);
    assert.ok(Buffer.from(there.buffer).equals(Buffer.from(here.buffer)), `behind logit ${logits}`);
    logits += here.length;
  }
  await close();
  assert.is(paths.length, 2471);
  console.log(`${logits} logits of ${paths.length} clips are equal`);
});

test.run();
