// Bad models, bad messages and bad flash on the native board.
import { copyFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { errors } from "../../host/spec/errors.ts";
import { fails, runs, survivesBadMessages, survivesBadModels } from "./bad-input.ts";
import { trappingModels } from "./bad-models.ts";
import { tinyModel } from "./models.ts";
import { boardTest, folder, startBoard } from "./program.ts";

const [one, two] = [await tinyModel(1), await tinyModel(2)];
const nameOf = (model: Uint8Array): string => readModel(model, "a model").sha256;

boardTest(
  "models that it cannot run and messages that it cannot take leave a board with the model before",
  async () => {
    const { link, close } = startBoard();
    link.setMaxListeners(0);
    await survivesBadModels(link);
    await survivesBadMessages(link);
    await close();
  },
);

boardTest(
  "a flash operation that fails once is made good; one that fails for good is told, and the old model runs",
  async () => {
    const [before, flash] = [`${folder}/whole.flash`, `${folder}/faulty.flash`];
    const setting = startBoard("--flash", before);
    const session = await connect(setting.link);
    await session.flashModel(one);
    await runs(session, one);
    await setting.close();
    const last = 3 + Math.ceil(two.length / 8) + 2; // three units erased; the model; what of its commit record has no padding
    for (const operation of [0, 1, 2, 3, 513, 514, last - 2, last - 1]) {
      const update = (faults: number) => {
        copyFileSync(before, flash);
        return startBoard("--flash", flash, "--fault-at", String(operation), "--faults", String(faults));
      };
      const once = update(1);
      const first = await connect(once.link);
      await first.flashModel(two);
      await runs(first, two);
      await once.close();
      const always = update(1 << 20);
      const second = await connect(always.link);
      await fails(second.flashModel(two), `operation ${operation}`, "flash");
      await runs(second, one);
      await always.close();
      const repaired = startBoard("--flash", flash);
      const third = await connect(repaired.link);
      assert.is((await third.status()).sha256, nameOf(one), `operation ${operation}`);
      await third.flashModel(two);
      await runs(third, two);
      await repaired.close();
    }
  },
);

boardTest("a model that traps is dropped even if flash takes only half of the mark", async () => {
  const flash = ["--flash", `${folder}/marked.flash`];
  const [{ what, file, error }] = trappingModels(one);
  const setting = startBoard(...flash);
  const session = await connect(setting.link);
  await session.flashModel(one);
  await runs(session, one);
  await session.flashModel(file);
  await setting.close();
  const faulty = startBoard(...flash, "--fault-at", "0", "--faults", "1000");
  faulty.link.setMaxListeners(0);
  const first = await connect(faulty.link);
  await fails(runs(first, file), what, error, "the model was dropped for the one before");
  await runs(first, one);
  assert.is((await connect(faulty.link)).hello.lastFault, errors.flash[0]);
  await faulty.close();
  const repaired = startBoard(...flash);
  await runs(await connect(repaired.link), one);
  await repaired.close();
});

test.run();
