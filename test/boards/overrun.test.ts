// A host that sends more than a board's receiver holds, while the board is busy: the bytes lost are counted, and what they belonged
// to is sent again, so that every request has its answer.
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBoard } from "../../host/boards/registry.ts";
import { duplexCarrier } from "../../host/link/carrier.ts";
import { Connection } from "../../host/link/connection.ts";
import { connect } from "../../host/link/session.ts";
import { errors } from "../../host/spec/errors.ts";
import { requests, wire } from "../../host/spec/messages.ts";
import { tinyModel } from "../cli/tiny-model.ts";
import { emulatedBoards, folder } from "./boards.ts";

const model = await tinyModel(1);
/** One for each driver of a UART. Xtensa has none: bytes wait in QEMU until the firmware asks for them. */
const ports = ["qemu-m3", "stm32f405", "microbit", "rv32", "rp2040"];
/** Of the bench message: each keeps the board busy for a while. */
const thousandSteps = Uint8Array.of(1000 & 0xff, 1000 >> 8, 0, 0);

const rounds = 8;

for (const { name } of await emulatedBoards()) {
  if (!ports.includes(name)) continue;
  test(`${name}: what comes faster than it is taken is counted, and answered after all`, async () => {
    const board = await openBoard(name, { flash: join(folder, `${name}.flash`) });
    try {
      const session = await connect(board.link);
      await session.flashModel(model);
      const { payloadBytes, window } = session.hello;
      const connection = new Connection(duplexCarrier(board.link));
      await connection.open(Uint8Array.of(wire.protocol, 0));
      connection.window = 100; // whatever the board has said
      const long = new Uint8Array(payloadBytes);
      // How much is lost is up to how fast this machine runs both ends: again, until something was.
      const lostSoFar = async (): Promise<number> => {
        const { payload } = await connection.request("statistics", new Uint8Array());
        return requests.statistics.reply.read(payload).lost as number;
      };
      let lost = 0;
      for (let round = 0; round < rounds && lost === 0; round++) {
        const busy = Array.from({ length: 30 }, () => connection.request("bench", thousandSteps));
        const flood = Array.from({ length: 2 * window + 6 }, () => connection.request("get", long));
        for (const { error } of await Promise.all(flood)) assert.is(error, errors.payload[0]);
        await Promise.all(busy);
        lost = await lostSoFar();
      }
      assert.ok(lost > 0, "nothing was lost");
      assert.ok(connection.counts.resent > 0, "nothing was sent again");
    } finally {
      await board.close();
    }
  });
}

test.run();
