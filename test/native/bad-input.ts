// What a board must refuse or outlive, whichever it is: after each, the model that it had gives what V8 gives.
import type { Duplex } from "node:stream";
import * as assert from "uvu/assert";
import { duplexCarrier } from "../../host/link/carrier.ts";
import { Connection } from "../../host/link/connection.ts";
import { connect, type Session } from "../../host/link/session.ts";
import { kinds } from "../../host/spec/container.ts";
import { type ErrorName, errors } from "../../host/spec/errors.ts";
import { type RequestName, requests, wire } from "../../host/spec/messages.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { inPairs, trappingModels, unfitModels } from "./bad-models.ts";
import { tinyModel } from "./models.ts";
import { differing, expected, logitsOf, run } from "./streams.ts";

const [one, two] = [await tinyModel(1), await tinyModel(2)];
/** Enough that a new model is confirmed. */
const frames = Int16Array.from({ length: 40 * 10 }, (_, i) => ((i * 7919) % 8192) - 4096);

export async function runs(session: Session, model: Uint8Array): Promise<void> {
  const events = await run(session, { source: "frames", logits: true }, frames);
  assert.is(differing(logitsOf(events), expected(model, frames).logits), undefined);
}

/** `act` must fail with a sentence that says this error's meaning, and `more`. */
export async function fails(act: Promise<unknown>, what: string, error: ErrorName, more = ""): Promise<void> {
  const thrown = await act.then(
    () => assert.unreachable(`${what}: nothing was thrown`),
    (error) => error,
  );
  assert.instance(thrown, UserError, `${what}: ${thrown}`);
  assert.ok(thrown.message.includes(errors[error][1]) && thrown.message.includes(more), `${what}: ${thrown.message}`);
}

export async function survivesBadModels(link: Duplex): Promise<void> {
  const session = await connect(link);
  await session.flashModel(one);
  await runs(session, one);
  for (const { what, file, error } of unfitModels(one, session.hello)) {
    await fails(session.flashModel(file), what, error);
    await runs(session, one);
  }
  if (((session.hello.kinds >> kinds.int8Pairs[0]) & 1) === 0) {
    await fails(session.flashModel(inPairs(one)), "laid out for other kernels", "layout");
    await runs(session, one);
  }
  await fails(session.flashModel(two, { ops: [1, 200] }), "with an op of the future", "unknownOp");
  for (const { what, file, error } of trappingModels(one)) {
    await session.flashModel(file);
    await fails(runs(session, file), what, error, "the model was dropped for the one before");
    await runs(session, one);
  }
  await session.flashModel(two);
  await runs(session, two);
  await session.eraseModels();
  const [{ what, file, error }] = trappingModels(one);
  await session.flashModel(file);
  await fails(runs(session, file), what, error, "the stream has ended");
  await fails(runs(session, file), "a board without a model", "noModel");
  await session.flashModel(one);
  await runs(session, one);
}

/** On a board that has model `one`. */
export async function survivesBadMessages(link: Duplex): Promise<void> {
  const { payloadBytes } = (await connect(link)).hello;
  const connection = new Connection(duplexCarrier(link));
  await connection.open(Uint8Array.of(wire.protocol, 0));
  assert.is((await connection.request("set", new Uint8Array(payloadBytes + 1))).error, errors.tooLong[0]);
  assert.is((await connection.request("get", new Uint8Array(9))).error, errors.payload[0]);
  const table: Record<string, unknown> = requests;
  table.unheardOf = { code: 0x5f };
  const { error } = await connection.request("unheardOf" as RequestName, new Uint8Array());
  delete table.unheardOf;
  assert.is(error, errors.unknownMessage[0]);
  await runs(await connect(link), one);
}
