// One step of a one-op model in V8 and in C, and that both came to the same.
import * as assert from "uvu/assert";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { errors } from "../../host/spec/errors.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { type Harness, int16s } from "../engine/harness.ts";

export type Step = {
  /** "ok", or how the step was stopped: "trapFull", "trapSymbol", "trapResult"; "trap" for what only a wrong module meets. */
  outcome: string;
  output: number[];
  states: Uint8Array;
};

/** V8's step of a file, after C's was found to be the same; states only where both came to an end, since a trap may be anywhere. */
export async function stepOfBoth(harness: Harness, file: Uint8Array, what: string): Promise<Step> {
  const model = new IntegerModel(file);
  let [outcome, output]: [string, number[]] = ["ok", []];
  try {
    output = [...model.step(new Int16Array(1))];
  } catch (error) {
    outcome = outcomeOf(error);
  }
  assert.is((await harness.command("L", file)).error, "ok", what);
  const answer = await harness.step(new Int16Array(1));
  const board = ["trapHandle", "trapFormat"].includes(answer.error) ? "trap" : answer.error;
  assert.is(board, outcome, `C and V8, ${what}`);
  if (outcome !== "ok") return { outcome, output, states: model.states };
  assert.is([...int16s(answer)].join(), output.join(), `C and V8, ${what}`);
  assert.is(Buffer.compare((await harness.command("V")).bytes, model.states), 0, `states of C and V8, ${what}`);
  return { outcome, output, states: model.states.slice() };
}

function outcomeOf(error: unknown): string {
  if (error instanceof UserError) {
    const named = (["trapFull", "trapSymbol"] as const).find((name) => errors[name][1] === error.message);
    if (!named) throw error;
    assert.is(error.hint, errors[named][2]);
    return named;
  }
  if (error instanceof WebAssembly.RuntimeError) return "trap";
  if (error instanceof Error && /another handle/.test(error.message)) return "trapResult";
  throw error;
}
