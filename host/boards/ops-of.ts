// What a board wants to know of a model before it erases anything.
import { readModel } from "../model/model.ts";
import { ops } from "../spec/ops.ts";

/** Codes of the ops that a model uses, for `Session.flashModel`. UserError if it is no model. */
export function opsOf(file: Uint8Array, name = "the model"): number[] {
  const records = readModel(file, name).layers.flatMap((layer) => layer.records);
  return [...new Set(records.flatMap(({ op }) => (op ? [ops[op].code] : [])))];
}
