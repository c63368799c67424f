// A model file whose step is one op on values of the test's choice: arguments are states with initial values, matrices and
// constants lie in WGHT.
import { firstOffset, nextOffset, writeContainer } from "../../host/model/container.ts";
import { codeEntry, codeHead, kinds, layer, layersHead, record, roles } from "../../host/spec/container.ts";
import { type OpName, ops } from "../../host/spec/ops.ts";

export type Given =
  | { kind: "vector"; values: Int16Array; format: number }
  | { kind: "matrix"; values: Int8Array; columns: number }
  | { kind: "bias" };

/** A module with one import and step(x): the op on handles 1, 2, … and its site. */
function moduleFor(op: OpName, handles: number[]): Uint8Array {
  const name = [...new TextEncoder().encode(op)];
  const section = (id: number, ...bytes: number[]) => [id, bytes.length, ...bytes];
  const type = (count: number) => [0x60, count, ...Array(count).fill(0x7f), 1, 0x7f];
  const body = [0, ...handles.flatMap((handle) => [0x41, handle]), 0x10, 0, 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 2, ...type(handles.length), ...type(1)),
    ...section(2, 1, 3, 0x6f, 0x70, 0x73, name.length, ...name, 0, 0),
    ...section(3, 1, 1),
    ...section(7, 1, 4, 0x73, 0x74, 0x65, 0x70, 0, 1),
    ...section(10, 1, body.length, ...body),
  ]);
}

/**
 * The file. The input is one value that nothing reads.
 * @param constants of a product: b, then m by matrix
 */
export function oneOpModel(
  op: OpName,
  given: Given[],
  result: { rows: number; format: number },
  constants?: Int32Array,
): Uint8Array {
  // Handles: input, states (vectors), parameters (matrices, bias), site.
  const vectors = given.filter((each) => each.kind === "vector");
  const parameters = given.filter((each) => each.kind !== "vector");
  const site = 1 + given.length;
  const handles = given.map((each) =>
    each.kind === "vector" ? 1 + vectors.indexOf(each) : 1 + vectors.length + parameters.indexOf(each),
  );
  const wasm = moduleFor(op, [...handles, site]);

  const parts: Uint8Array[] = [];
  let end = 0;
  const keep = (bytes: Uint8Array) => {
    const at = end;
    end = nextOffset(at, bytes.length);
    parts.push(bytes);
    return at;
  };
  const bytesOf = (values: Int8Array | Int16Array | Int32Array) =>
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const initial = keep(Uint8Array.from(vectors.flatMap(({ values }) => [...bytesOf(values)])));
  const layersSection = new Uint8Array(layersHead.bytes + layer.bytes);
  const records = new Uint8Array((site + 1) * record.bytes);
  const code = new Uint8Array(codeHead.bytes + codeEntry.bytes + wasm.length);
  const siteAt = nextOffset(firstOffset(4), layersSection.length);
  const codeAt = nextOffset(siteAt, records.length);
  const weightsAt = nextOffset(codeAt, code.length);

  let ram = 0;
  const take = (rows: number) => {
    const at = ram;
    ram += Math.ceil((rows * 2) / 8) * 8;
    return at;
  };
  const put = (handle: number, of: Partial<Parameters<typeof record.write>[2]>) =>
    record.write(records, handle * record.bytes, {
      ...{ offset: 0, rows: 0, columns: 0, role: 0, kind: kinds.int16[0], format: 0, op: 255, constants: 0 },
      ...of,
    } as Parameters<typeof record.write>[2]);
  vectors.forEach(({ values, format }, i) => {
    put(1 + i, { role: roles.state[0], rows: values.length, format, offset: take(values.length) });
  });
  const stateBytes = ram;
  const arenaAt = Math.ceil(ram / 8) * 8;
  put(0, { role: roles.input[0], rows: 1, offset: take(1) });
  parameters.forEach((each, i) => {
    const handle = 1 + vectors.length + i;
    if (each.kind === "bias") put(handle, { role: roles.bias[0], rows: result.rows });
    else
      put(handle, {
        role: roles.matrix[0],
        kind: kinds.int8[0],
        rows: each.values.length / each.columns,
        columns: each.columns,
        offset: weightsAt + keep(bytesOf(each.values)),
      });
  });
  const state = op === "set" ? 1 : undefined;
  put(site, {
    role: roles.site[0],
    rows: result.rows,
    format: result.format,
    op: ops[op].code,
    offset: state === undefined ? take(result.rows) : 0,
    constants: constants ? weightsAt + keep(bytesOf(constants)) : 0,
  });
  layersHead.write(layersSection, 0, { count: 1, result: 0 });
  layer.write(layersSection, layersHead.bytes, {
    records: siteAt,
    handles: site + 1,
    states: vectors.length,
    parameters: parameters.length,
    inputs: 1,
    module: 0,
    result: site,
    source: 0,
    reserved: 0,
    initial: weightsAt + initial,
  });
  codeHead.write(code, 0, { count: 1 });
  const moduleAt = codeHead.bytes + codeEntry.bytes;
  codeEntry.write(code, codeHead.bytes, { offset: codeAt + moduleAt, length: wasm.length });
  code.set(wasm, moduleAt);
  const weights = new Uint8Array(end);
  parts.reduce((at, bytes) => {
    weights.set(bytes, at);
    return nextOffset(at, bytes.length);
  }, 0);
  const arenaBytes = ram - arenaAt;
  const ramBytes = arenaAt + Math.ceil(arenaBytes / 8) * 8;
  return writeContainer(
    [
      ["LAYR", layersSection],
      ["SITE", records],
      ["CODE", code],
      ["WGHT", weights],
    ],
    { ramBytes, stateBytes, arenaBytes },
  );
}
