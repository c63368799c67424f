// Model files for tests of boards, and broken ones that still carry right checksums.
import { createHash } from "node:crypto";
import { crc32 } from "../../host/link/frame.ts";
import { readModel } from "../../host/model/model.ts";
import { header, layer, layersHead } from "../../host/spec/container.ts";

export { tinyModel } from "../cli/tiny-model.ts";

/** A copy with some of its bytes changed by `change`, and its header made to fit again. */
export function changed(model: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = model.slice();
  change(copy);
  copy.set(createHash("sha256").update(copy.subarray(header.bytes)).digest(), header.offset("sha256"));
  new DataView(copy.buffer).setUint32(header.offset("crc"), crc32(copy.subarray(0, header.offset("crc"))), true);
  return copy;
}

/** Passes every check, and traps in its first step: its first layer names another result than its cell returns. */
export function trappingModel(file: Uint8Array): Uint8Array {
  const model = readModel(file, "the model");
  const { records, result } = model.layers[0]!;
  const { offset, rows } = records[result]!;
  const other = records.findIndex((record, i) => i !== result && record.offset === offset && record.rows === rows);
  return changed(file, (copy) => {
    const at = model.sections.get("LAYR")!.offset + layersHead.bytes + layer.offset("result");
    new DataView(copy.buffer).setUint16(at, other, true);
  });
}
