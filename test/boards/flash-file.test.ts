// Files that are the flash of boards on this machine: what else is there stays, and on rv32 models outlive QEMU, however it ends.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { missingTools } from "../../host/boards/build.ts";
import { openBoard } from "../../host/boards/registry.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { tinyModel } from "../cli/tiny-model.ts";
import { emulatedBoards, folder, withSession } from "./boards.ts";

const there = (await emulatedBoards()).some(({ name }) => name === "rv32");
const boardTest = there ? test : test.skip;
const children = `/proc/${process.pid}/task/${process.pid}/children`;
const killTest = there && existsSync(children) ? test : test.skip;

const models = [await tinyModel(1), await tinyModel(2)] as const;
const nameOf = (model: Uint8Array): string => readModel(model, "a model").sha256;

/** Power is cut: QEMU ends without having been asked. */
function killBoard(flash: string): void {
  const pids = readFileSync(children, "utf8").split(" ").filter(Boolean);
  const board = pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(flash));
  process.kill(Number(board), "SIGKILL");
}

const emulated = (await emulatedBoards()).map(({ name }) => name).filter((name) => ["rv32", "rp2040"].includes(name));
const boards = ["node", ...((await missingTools()) ? [] : ["native"]), ...emulated];

/** Why the board does not start with this flash file. */
async function refusal(board: string, flash: string): Promise<string> {
  try {
    const { link, close } = await openBoard(board, { flash });
    link.on("error", () => {});
    return await connect(link)
      .then(() => "")
      .finally(close);
  } catch (error) {
    return (error as Error).message;
  }
}

for (const board of boards) {
  test(`${board}: a file that is no flash of this board is refused and stays as it is`, async () => {
    const place = join(folder, `foreign-${board}`);
    mkdirSync(place);
    const files = { "notes.txt": Buffer.from("a letter"), "kws.engram": Buffer.from(models[0]) };
    for (const [name, content] of Object.entries(files)) {
      const flash = join(place, name);
      writeFileSync(flash, content);
      assert.match(await refusal(board, flash), /no flash file/);
      assert.equal(readFileSync(flash), content);
    }
    assert.equal(readdirSync(place).sort(), Object.keys(files).sort());
  });

  test(`${board}: a folder that is not there is not made for a flash file`, async () => {
    const place = join(folder, `nowhere-${board}`);
    assert.match(await refusal(board, join(place, "new.flash")), /there is no folder/);
    assert.not.ok(existsSync(place));
  });

  test(`${board}: an empty file becomes a flash`, async () => {
    const flash = join(folder, `empty-${board}.flash`);
    writeFileSync(flash, "");
    await withSession(board, async (session) => session.flashModel(models[0]), { flash });
    await withSession(board, async (session) => assert.is((await session.status()).sha256, nameOf(models[0])), {
      flash,
    });
  });
}

boardTest("a new flash file takes little room, keeps model and journal, and serves one board at a time", async () => {
  const flash = join(folder, "new, and with a comma.flash");
  await withSession(
    "rv32",
    async (session) => {
      assert.is(session.hello.modelState, "none");
      await session.flashModel(models[0]);
      await session.set(7, Uint8Array.of(1, 2, 3));
      await openBoard("rv32", { flash }).then(
        () => assert.unreachable("a second board took the file"),
        (error) => assert.match(error.message, /in use by another board/),
      );
    },
    { flash },
  );
  assert.ok(statSync(flash).blocks * 512 < 2 << 20);
  await withSession(
    "rv32",
    async (session) => {
      assert.is((await session.status()).sha256, nameOf(models[0]));
      assert.equal(await session.get(7), Uint8Array.of(1, 2, 3));
    },
    { flash },
  );
});

boardTest("a file of another size is no flash", async () => {
  const flash = join(folder, "short.flash");
  writeFileSync(flash, "a letter");
  await openBoard("rv32", { flash }).then(
    () => assert.unreachable("it was taken"),
    (error) => assert.match(error.message, /no flash file of this board: 8 bytes, not 33554432/),
  );
  assert.is(readFileSync(flash, "utf8"), "a letter");
});

killTest("QEMU killed in the middle of an update leaves the old model or the new one", async () => {
  const flash = join(folder, "killed.flash");
  let old = models[0];
  let updateMs = 0;
  await withSession(
    "rv32",
    async (session) => {
      const begun = performance.now();
      await session.flashModel(old);
      updateMs = performance.now() - begun;
    },
    { flash },
  );
  const cuts = 8;
  let cutOff = 0;
  for (let cut = 0; cut < cuts; cut++) {
    const next = models.find((model) => model !== old)!;
    const board = await openBoard("rv32", { flash });
    board.link.on("error", () => {});
    const session = await connect(board.link);
    const timer = setTimeout(() => killBoard(flash), (updateMs * cut) / cuts);
    const through = await session.flashModel(next).then(
      () => true,
      () => false,
    );
    clearTimeout(timer);
    if (!through) cutOff++;
    await board.close();
    await withSession(
      "rv32",
      async (after) => {
        const { sha256 } = await after.status();
        assert.ok([old, next].map(nameOf).includes(sha256), `cut ${cut} left ${sha256}`);
        if (through) assert.is(sha256, nameOf(next));
        old = sha256 === nameOf(next) ? next : old;
      },
      { flash },
    );
  }
  assert.ok(cutOff > 0, "no update was cut");
});

test.run();
