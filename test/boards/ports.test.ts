// Every port: a reset keeps the model, what the board cannot take is answered, a model of LSTM replaces one of GRU.
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBoard } from "../../host/boards/registry.ts";
import { loadCell } from "../../host/compile/load.ts";
import { duplexCarrier } from "../../host/link/carrier.ts";
import { Connection } from "../../host/link/connection.ts";
import { connect } from "../../host/link/session.ts";
import { randomModel } from "../../host/quantize/random-model.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { errors } from "../../host/spec/errors.ts";
import { type RequestName, requests, wire } from "../../host/spec/messages.ts";
import { emulatedBoards, folder, logitsOf } from "./boards.ts";

const sizes = { units: 13, inputs: 7 };
const models = await Promise.all(
  ["gru", "lstm", "elman"].map(async (name) => randomModel(await loadCell(name), sizes)),
);
const frames = Int16Array.from({ length: 40 * sizes.inputs }, (_, i) => ((i * 7919) % 16384) - 8192);

const expected = (model: Uint8Array): string => {
  const v8 = new IntegerModel(model);
  return Array.from({ length: 40 }, (_, i) =>
    v8.step(frames.subarray(i * sizes.inputs, (i + 1) * sizes.inputs)).join(),
  ).join("\n");
};

/** The error with which the board answers a request that no session would send. */
async function refusal(link: Duplex, request: RequestName, payload: Uint8Array): Promise<number> {
  const connection = new Connection(duplexCarrier(link));
  await connection.open(Uint8Array.of(wire.protocol, 0));
  return (await connection.request(request, payload)).error;
}

/** A message that no table has, while `use` runs. */
async function withUnheardOf(use: (name: RequestName) => Promise<void>): Promise<void> {
  const table: Record<string, unknown> = requests;
  table.unheardOf = { code: 0x5f };
  await use("unheardOf" as RequestName).finally(() => delete table.unheardOf);
}

for (const { name } of await emulatedBoards()) {
  test(`${name}: models of three architectures, one after the other, give what V8 gives`, async () => {
    const board = await openBoard(name, { flash: join(folder, `${name}.flash`) });
    board.link.setMaxListeners(0);
    try {
      for (const model of models) {
        const session = await connect(board.link);
        await session.flashModel(model);
        assert.is((await logitsOf(session, frames)).map((logits) => logits.join()).join("\n"), expected(model));
      }
      const { payloadBytes } = (await connect(board.link)).hello;
      assert.is(await refusal(board.link, "set", new Uint8Array(payloadBytes + 1)), errors.tooLong[0]);
      await withUnheardOf(async (request) => {
        assert.is(await refusal(board.link, request, new Uint8Array()), errors.unknownMessage[0]);
      });

      const connection = new Connection(duplexCarrier(board.link));
      await connection.open(Uint8Array.of(wire.protocol, 0));
      await connection.request("reboot", new Uint8Array());
      const again = await connect(board.link);
      assert.ok(again.hello.uptimeMs < 5000, "it has begun anew");
      assert.is((await logitsOf(again, frames)).map((logits) => logits.join()).join("\n"), expected(models[2]));
    } finally {
      await board.close();
    }
  });
}

test.run();
