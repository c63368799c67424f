// A model file whose step is one op on values of the test's choice: arguments are states with initial values, matrices and
// constants lie in WGHT.
import { firstOffset, nextOffset, writeContainer } from "../../host/model/container.ts";
import {
  codeEntry,
  codeHead,
  kinds,
  layer,
  layersHead,
  record,
  roles,
  seed,
  valueBytes,
} from "../../host/spec/container.ts";
import { type OpName, ops } from "../../host/spec/ops.ts";
import type { Seed } from "../../host/spec/seeded.ts";

export type Given =
  | { kind: "vector"; values: Int8Array | Int16Array | Int32Array; format: number }
  | { kind: "matrix"; values: Int8Array | Int16Array | Int32Array; columns: number; format?: number }
  | { kind: "seeded"; seed: Seed; rows: number; columns: number }
  /** Column by column, each padded to a multiple of 4. */
  | { kind: "columns"; values: Int8Array; rows: number; columns: number }
  | { kind: "bias" };

type Call = { op: OpName; handles: number[] };

/** A number as wasm has it in i32.const. */
function signed(value: number): number[] {
  const rest = value >> 6;
  return rest === 0 || rest === -1 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

/** A module with step(x): calls of ops on handles, then `returns` if it is not the last call's result. */
function moduleFor(calls: Call[], returns?: number): Uint8Array {
  const section = (id: number, ...bytes: number[]) => [id, bytes.length, ...bytes]; // under 128 bytes, as all lengths here
  const type = (count: number) => [0x60, count, ...Array(count).fill(0x7f), 1, 0x7f];
  const imports = calls.flatMap(({ op }, i) => {
    const name = [...new TextEncoder().encode(op)];
    return [3, 0x6f, 0x70, 0x73, name.length, ...name, 0, i];
  });
  const count = calls.length;
  const code = calls.flatMap(({ handles }, i) => [
    ...handles.flatMap((handle) => [0x41, ...signed(handle)]),
    0x10,
    i,
    0x1a,
  ]);
  const body = [0, ...(returns === undefined ? code.slice(0, -1) : [...code, 0x41, returns]), 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, count + 1, ...calls.flatMap(({ handles }) => type(handles.length)), ...type(1)),
    ...section(2, count, ...imports),
    ...section(3, 1, count),
    ...section(7, 1, 4, 0x73, 0x74, 0x65, 0x70, 0, count),
    ...section(10, 1, body.length, ...body),
  ]);
}

function matrixKind(given: Exclude<Given, { kind: "vector" | "bias" }>): keyof typeof kinds {
  if (given.kind === "columns") return "int8Columns";
  if (given.kind === "seeded") return "seeded";
  return kindOf(given.values);
}

function seedBytes(of: Seed): Uint8Array {
  const bytes = new Uint8Array(seed.bytes);
  seed.write(bytes, 0, { ...of, positive: of.positive ? 1 : 0 });
  return bytes;
}

const kindOf = (values: Int8Array | Int16Array | Int32Array) =>
  values instanceof Int8Array ? "int8" : values instanceof Int16Array ? "int16" : "int32";

/** What a model has besides one right call: for tests of wrong ones. */
export type More = {
  /**
   * What the call gets in place of the right handles: arguments, then the site. The input is then given back, and all of the RAM is
   * states, so that whatever is written shows.
   */
  handles?: (right: number[]) => number[];
  /** Vectors that the call does not get; their handles follow those of its own vectors. */
  vectors?: Extract<Given, { kind: "vector" }>[];
  /** Call sites that nothing calls, the last handles. */
  sites?: { op: OpName; rows: number; kind?: "int8" | "int16" | "int32"; format?: number }[];
};

/**
 * The file. The input is one value that nothing reads. A result of int32 is set into a state, the last one, and the input is given back;
 * so it is where a state of int8 is written.
 * @param constants of a product: b, then m or s by matrix
 */
export function oneOpModel(
  op: OpName,
  asked: Given[],
  result: { rows: number; format: number; kind?: "int8" | "int32" },
  constants?: Int32Array,
  more: More = {},
): Uint8Array {
  // Handles: input, states (vectors), parameters (matrices, bias), sites.
  const kept: Given = { kind: "vector", values: new Int32Array(result.rows), format: result.format };
  const keepsResult = result.kind === "int32";
  const given = [...asked, ...(more.vectors ?? []), ...(keepsResult ? [kept] : [])];
  const vectors = given.filter((each) => each.kind === "vector");
  const parameters = given.filter((each) => each.kind !== "vector");
  const site = 1 + given.length;
  const handles = given.map((each) =>
    each.kind === "vector" ? 1 + vectors.indexOf(each) : 1 + vectors.length + parameters.indexOf(each),
  );
  const right = [...handles.slice(0, asked.length), site];
  const call = { op, handles: more.handles?.(right) ?? right };
  const keeps = { op: "set" as const, handles: [vectors.length, site, site + 1] };
  const returns = result.kind || more.handles ? 0 : site;
  const wasm = moduleFor(keepsResult ? [call, keeps] : [call], returns === 0 ? 0 : undefined);
  const others = more.sites ?? [];
  const sites = (keepsResult ? 2 : 1) + others.length;

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
  const records = new Uint8Array((site + sites) * record.bytes);
  const code = new Uint8Array(codeHead.bytes + codeEntry.bytes + wasm.length);
  const siteAt = nextOffset(firstOffset(4), layersSection.length);
  const codeAt = nextOffset(siteAt, records.length);
  const weightsAt = nextOffset(codeAt, code.length);

  let ram = 0;
  const take = (rows: number, kind: number = kinds.int16[0]) => {
    const at = ram;
    ram += Math.ceil((rows * valueBytes(kind)) / 8) * 8;
    return at;
  };
  const put = (handle: number, of: Partial<Parameters<typeof record.write>[2]>) =>
    record.write(records, handle * record.bytes, {
      ...{ offset: 0, rows: 0, columns: 0, role: 0, kind: kinds.int16[0], format: 0, op: 255, constants: 0 },
      ...of,
    } as Parameters<typeof record.write>[2]);
  vectors.forEach(({ values, format }, i) => {
    const kind = kinds[kindOf(values)][0];
    put(1 + i, { role: roles.state[0], kind, rows: values.length, format, offset: take(values.length, kind) });
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
        kind: kinds[matrixKind(each)][0],
        rows: each.kind === "matrix" ? each.values.length / each.columns : each.rows,
        columns: each.columns,
        format: ("format" in each && each.format) || 0,
        offset: weightsAt + keep(each.kind === "seeded" ? seedBytes(each.seed) : bytesOf(each.values)),
      });
  });
  const state = ops[op].result === "state" ? 1 : undefined;
  const keptAt = stateBytes - Math.ceil((result.rows * 4) / 8) * 8;
  if (keepsResult)
    put(site + 1, {
      role: roles.site[0],
      kind: kinds.int32[0],
      rows: result.rows,
      format: result.format,
      op: ops.set.code,
      offset: keptAt,
    });
  const kind = kinds[state === undefined ? (result.kind ?? "int16") : kindOf(vectors[0].values)][0];
  put(site, {
    role: roles.site[0],
    kind,
    rows: result.rows,
    format: result.format,
    op: ops[op].code,
    offset: state === undefined ? take(result.rows, kind) : 0,
    constants: constants ? weightsAt + keep(bytesOf(constants)) : 0,
  });
  // A condition has no value: it lies at the end of the RAM, so that who reads one leaves it.
  const places = others.map(({ rows, kind = "int16" }) => rows > 0 && take(rows, kinds[kind][0]));
  others.forEach(({ op: of, rows, format = 0, kind = "int16" }, i) => {
    put(site + sites - others.length + i, {
      ...{ role: roles.site[0], kind: kinds[kind][0], rows, format, op: ops[of].code },
      offset: places[i] || ram,
    });
  });
  layersHead.write(layersSection, 0, { count: 1, result: 0 });
  layer.write(layersSection, layersHead.bytes, {
    records: siteAt,
    handles: site + sites,
    states: vectors.length,
    parameters: parameters.length,
    inputs: 1,
    module: 0,
    result: returns,
    source: 0,
    flags: 0,
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
  if (more.handles) return finish(ram, 0);
  return finish(stateBytes, ram - arenaAt);

  function finish(stateBytes: number, arenaBytes: number): Uint8Array {
    const ramBytes = Math.ceil(stateBytes / 8) * 8 + Math.ceil(arenaBytes / 8) * 8;
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
}
