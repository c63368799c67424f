// A model as its file says it: layers, records, modules, sections. Reading checks everything that a board checks before it
// runs a model (firmware/core/check.c), in the same order.
import { checkModule } from "../compile/subset.ts";
import {
  backwardFlag,
  codeEntry,
  codeHead,
  gathered,
  kinds,
  layer as layerEntry,
  layersHead,
  type MatrixLayout,
  matrixBytes,
  modelLimits,
  type Role,
  record as recordEntry,
  roles,
  type SectionTag,
  seed,
  valueBytes,
} from "../spec/container.ts";
import { decoderHead } from "../spec/decoder.ts";
import { frontEndHead } from "../spec/frontend.ts";
import { type OpName, opNames, ops, termsOf } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";
import { type Header, type Placed, readContainer } from "./container.ts";
import type { Meta } from "./meta.ts";
import { type Frame, type GatheredPiece, type Line, readFlow, type Window } from "./pieces.ts";

export type ModelRecord = Omit<ReturnType<typeof recordEntry.read>, "role" | "op"> & {
  role: Role;
  op: OpName | undefined;
};

export type ModelLayer = {
  module: number;
  inputs: number;
  states: number;
  parameters: number;
  result: number;
  /** In a window from the last step to the first. */
  backward: boolean;
  /** 0: the model's input; k: the result of layer k − 1; undefined: the model's pieces of this layer. */
  source: number | undefined;
  /** Offset in the file of the initial states, 0 if all are zero. */
  initial: number;
  /** Offset in the file of the first record. */
  recordsAt: number;
  records: ModelRecord[];
};

export type Model = {
  file: Uint8Array;
  header: Header;
  /** SHA-256 that names the model, hex. */
  sha256: string;
  /** How its int8 matrices lie. */
  layout: MatrixLayout;
  /** Where the model's input lies. */
  frame: Frame;
  layers: ModelLayer[];
  /** What layers gather, layer by layer. */
  pieces: GatheredPiece[];
  /** What is kept of the past of results. */
  lines: Line[];
  /** Undefined: it steps frame by frame. */
  window: Window | undefined;
  modules: Uint8Array[];
  sections: Map<SectionTag, Placed>;
  meta: Meta | undefined;
};

const up8 = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** RAM of a model by part, in bytes; they lie in this order. */
export function ramParts(
  model: Pick<Model, "header" | "sections" | "frame" | "layers" | "window">,
): Record<"states" | "arena" | "window" | "frontEnd" | "decoder", number> {
  const front = model.sections.get("FRNT");
  const out = model.sections.get("OUTP");
  return {
    states: up8(model.header.stateBytes),
    arena: up8(model.header.arenaBytes),
    window: stepsOf(model.window) * rowBytes(model).reduce((sum, bytes) => sum + bytes, 0),
    frontEnd: front ? up8(frontEndHead.read(front.bytes).ramBytes) : 0,
    decoder: out ? up8(decoderHead.read(out.bytes).ramBytes) : 0,
  };
}

const stepsOf = (window: Window | undefined): number => (window ? window.before + window.hop + window.after : 0);

/** Bytes that a window keeps of each step: of the input, then of each layer's result. */
export function rowBytes({ frame, layers }: Pick<Model, "frame" | "layers">): number[] {
  const results = layers.map(resultOf).map(({ rows, kind }) => up8(rows * valueBytes(kind)));
  return [up8(frame.rows * 2), ...results];
}

/**
 * Reads and checks a model file.
 * @param name what errors call the file
 * @throws UserError for whatever a board would refuse
 */
export function readModel(file: Uint8Array, name: string): Model {
  const { header, sections } = readContainer(file, name);
  const refuse = (what: string): never => {
    throw new UserError(`${name} ${what}`, "write it again with `engram quantize`");
  };
  for (const [tag, least] of [
    ["FRNT", frontEndHead.bytes],
    ["OUTP", decoderHead.bytes],
  ] as const) {
    const section = sections.get(tag);
    if (section && section.bytes.length < least) refuse(`has a section ${tag} that is too short`);
  }
  const modules = readModules(file, sections.get("CODE")!, refuse);
  const layers = readLayers(file, sections, modules.length, refuse);
  const { offset, rows, format } = layers[0].records[0];
  const flow = sections.get("FLOW");
  const model: Model = {
    file,
    header,
    sha256: Buffer.from(nameOf(header, sections, refuse)).toString("hex"),
    ...(flow
      ? readFlow(flow.bytes, refuse)
      : { frame: { offset, rows, format }, pieces: [], window: undefined, lines: [] }),
    layout: layers.some(({ records }) =>
      records.some(({ role, kind }) => role === "matrix" && kind === kinds.int8Pairs[0]),
    )
      ? "int8Pairs"
      : "int8",
    layers,
    modules,
    sections,
    meta: readMeta(sections.get("mETA")),
  };
  if (Math.max(header.stateBytes, header.arenaBytes) > header.ramBytes || header.ramBytes > 0x3fffffff) {
    refuse(`says that it needs ${header.ramBytes} bytes of RAM`);
  }
  const ram = Object.values(ramParts(model)).reduce((sum, bytes) => sum + bytes, 0);
  if (ram !== header.ramBytes) refuse(`says that it needs ${header.ramBytes} bytes of RAM; its parts add up to ${ram}`);
  for (const [i, layer] of layers.entries()) checkLayer(model, layer, i, refuse);
  checkPieces(model, refuse);
  for (const module of modules) {
    const reason = checkModule(module, 1); // a layer has one input
    if (reason) refuse(`has a module outside of the permitted subset: ${reason}`);
  }
  checkEnds(model, refuse);
  return model;
}

function nameOf(header: Header, sections: Map<SectionTag, Placed>, refuse: (what: string) => never): Uint8Array {
  const name = sections.get("nAME")?.bytes;
  if (name && name.length !== header.sha256.length) refuse("has a section nAME of the wrong length");
  return name ?? header.sha256;
}

function readMeta(section: Placed | undefined): Meta | undefined {
  if (!section) return undefined;
  try {
    const meta = JSON.parse(new TextDecoder().decode(section.bytes)) as Meta | null;
    return Array.isArray(meta?.layers) ? meta : undefined;
  } catch {
    return undefined; // for people only; a board never reads it
  }
}

function readModules(file: Uint8Array, code: Placed, refuse: (what: string) => never): Uint8Array[] {
  const count = code.bytes.length < codeHead.bytes ? 0 : codeHead.read(code.bytes).count;
  if (count < 1 || count > modelLimits.modules)
    refuse(`has ${count} modules; 1 to ${modelLimits.modules} are permitted`);
  const least = codeHead.bytes + count * codeEntry.bytes;
  if (code.bytes.length < least) refuse("has a section CODE that is too short");
  return Array.from({ length: count }, (_, i) => {
    const { offset, length } = codeEntry.read(code.bytes, codeHead.bytes + i * codeEntry.bytes);
    const from = offset - code.offset;
    if (from < least || from > code.bytes.length || length > code.bytes.length - from)
      refuse(`has module ${i} outside of its section`);
    return file.subarray(offset, offset + length);
  });
}

function readLayers(
  file: Uint8Array,
  sections: Map<SectionTag, Placed>,
  modules: number,
  refuse: (what: string) => never,
): ModelLayer[] {
  const { bytes } = sections.get("LAYR")!;
  const site = sections.get("SITE")!;
  const { count, result } = bytes.length < layersHead.bytes ? { count: 0, result: 0 } : layersHead.read(bytes);
  if (count < 1 || count > modelLimits.layers || result !== count - 1)
    refuse(`has ${count} layers; 1 to ${modelLimits.layers} are permitted`);
  if (bytes.length < layersHead.bytes + count * layerEntry.bytes) refuse("has a section LAYR that is too short");
  return Array.from({ length: count }, (_, i) => {
    const at = layerEntry.read(bytes, layersHead.bytes + i * layerEntry.bytes);
    const sites = at.handles - at.inputs - at.states - at.parameters;
    const from = at.records - site.offset;
    if (
      at.handles < 1 ||
      at.handles > modelLimits.handles ||
      at.inputs !== 1 ||
      sites < 1 ||
      at.module >= modules ||
      at.result >= at.handles ||
      (at.source > i && at.source !== gathered) ||
      at.flags > backwardFlag ||
      at.records % 4 !== 0 ||
      from < 0 ||
      from > site.bytes.length ||
      at.handles * recordEntry.bytes > site.bytes.length - from
    ) {
      refuse(`has layer ${i} out of bounds`);
    }
    const records = Array.from({ length: at.handles }, (_, h) => {
      const { role, op, ...rest } = recordEntry.read(file, at.records + h * recordEntry.bytes);
      const roleName = (Object.keys(roles) as Role[]).find((name) => roles[name][0] === role);
      if (!roleName) refuse(`has a record of unknown role ${role} in layer ${i}`);
      if (op !== 255 && op >= opNames.length) refuse(`uses op ${op}, which this engram does not know`);
      return { ...rest, role: roleName!, op: opNames.find((name) => ops[name].code === op) };
    });
    const { module, inputs, states, parameters, result, source, flags, initial, records: recordsAt } = at;
    const backward = flags === backwardFlag;
    const read = source === gathered ? undefined : source;
    return { module, inputs, states, parameters, result, backward, source: read, initial, recordsAt, records };
  });
}

function checkLayer(model: Model, layer: ModelLayer, index: number, refuse: (what: string) => never): void {
  const { header, sections, layers } = model;
  const weights = sections.get("WGHT")!;
  const within = (offset: number, bytes: number, alignTo: number) =>
    offset % alignTo === 0 &&
    offset >= weights.offset &&
    offset - weights.offset <= weights.bytes.length &&
    bytes <= weights.bytes.length - (offset - weights.offset);
  const arenaEnd = up8(header.stateBytes) + header.arenaBytes;
  let initial = 0;
  layer.records.forEach((record, handle) => {
    const bad = (what: string) => refuse(`has record ${handle} of layer ${index} ${what}`);
    const { role, rows, columns, offset, kind, format, op, constants } = record;
    const bytes = rows * valueBytes(kind);
    if (!fitsPosition(layer, handle, role)) bad(`with the role of a ${role} where none belongs`);
    if (
      rows > (role === "matrix" ? modelLimits.rows : modelLimits.values) ||
      columns > (in32Bits(kind) ? modelLimits.columns : modelLimits.wideColumns)
    )
      bad(`with a shape of ${rows} × ${columns}`);
    if (role === "matrix" ? rows < 1 || columns < 1 : columns !== 0) bad(`with a shape of ${rows} × ${columns}`);
    if (!kindFits(role, kind, model.layout, op)) bad(`of kind ${kind}`);
    if (format < modelLimits.formatLeast || format > modelLimits.formatMost) bad(`with format ${format}`);
    if ((role === "site") !== (op !== undefined)) bad("with an op where none belongs");
    if (role === "site" && rows < 1 !== (ops[op!].result === "condition")) bad("of length 0");
    if (role !== "site" && role !== "bias" && rows < 1) bad("of length 0");
    if (role === "matrix" && !within(offset, matrixBytes(kind, rows, columns), 16)) bad("with weights outside of WGHT");
    if (role === "vector" && !within(offset, bytes, 4)) bad("with values outside of WGHT");
    if (role === "input" || role === "state" || role === "site") {
      if (offset % 8 !== 0 || offset > arenaEnd || bytes > arenaEnd - offset) bad("outside of the model's RAM");
    }
    if (role === "state") {
      if (bytes > header.stateBytes - offset) bad("outside of the states");
      initial += bytes;
    }
    const products = termsOf(op ?? "");
    if (products > 0 ? !within(constants, (1 + products) * 4 * rows, 4) : constants !== 0)
      bad("with constants outside of WGHT");
    if (role === "matrix" && !weightsFit(model.file, offset, matrixBytes(kind, rows, columns), kind))
      bad("with a weight of −128");
    if (products > 0 && !constantsFit(model.file, constants, rows, products, kind))
      bad("with constants that a product's sum has no room for");
  });
  if (layer.source !== undefined) {
    const source = layer.source > 0 ? resultOf(layers[layer.source - 1]) : { ...model.frame, kind: kinds.int16[0] };
    const input = layer.records[0];
    const same = (["offset", "rows", "format", "kind"] as const).every((field) => source[field] === input[field]);
    if (!same) refuse(`has layer ${index} reading another buffer than its source ${layer.source}`);
  }
  const result = layer.records[layer.result];
  if (result.rows < 1 || result.kind === kinds.int8[0] || !["input", "state", "site"].includes(result.role))
    refuse(`has layer ${index} with a result that is no vector`);
  if (layer.initial !== 0 && !within(layer.initial, initial, 2))
    refuse(`has layer ${index} with initial states outside of WGHT`);
}

// Matrices whose rows a kernel may sum in 32 bits.
const in32Bits = (kind: number): boolean => ![kinds.int16[0], kinds.int32[0], kinds.seeded[0]].some((k) => k === kind);

// −127 … 127: then a row's sum stays within 32 bits.
function weightsFit(file: Uint8Array, at: number, bytes: number, kind: number): boolean {
  if (kind === kinds.int16[0] || kind === kinds.int32[0]) return true;
  if (kind === kinds.seeded[0]) {
    const { degree, most, positive } = seed.read(file, at);
    return degree >= 1 && degree <= modelLimits.wideColumns && most >= 1 && most <= 127 && positive <= 1;
  }
  if (kind !== kinds.int8Pairs[0]) return !file.subarray(at, at + bytes).includes(0x80);
  const view = new DataView(file.buffer, file.byteOffset + at, bytes);
  for (let i = 0; i < bytes; i += 2) {
    const low = view.getInt8(i);
    if (low === -128 || view.getInt16(i, true) - low === -128 * 256) return false;
  }
  return true;
}

// |b| ≤ 2^16 and 0 ≤ m: then a product's sum stays within 64 bits. Results of 32 bits are checked row by row as they are made.
function constantsFit(file: Uint8Array, at: number, rows: number, products: number, kind: number): boolean {
  const view = new DataView(file.buffer, file.byteOffset + at, (1 + products) * 4 * rows);
  for (let i = 0; i < (1 + products) * rows; i++) {
    const constant = view.getInt32(4 * i, true);
    if (i < rows ? kind === kinds.int16[0] && Math.abs(constant) > modelLimits.bias : constant < 0) return false;
  }
  return true;
}

function kindFits(role: Role, kind: number, layout: MatrixLayout, op: OpName | undefined): boolean {
  if (kind === kinds.int16[0]) return true;
  if (kind === kinds.int8[0] && role !== "matrix")
    return role === "state" || op === "outer" || op === "erase" || op === "thin";
  if (role === "matrix")
    return [kinds[layout], kinds.int8Columns, kinds.int32, kinds.seeded].some(([code]) => code === kind);
  return kind === kinds.int32[0] && (role === "input" || role === "state" || role === "site");
}

/** The record of what a layer gives. */
export const resultOf = (layer: ModelLayer): ModelRecord => layer.records[layer.result];

// Pieces lie end to end or on others, and fill each gathered input; what they read is there, and is not written by it.
function checkPieces({ header, frame, layers, pieces, window, lines }: Model, refuse: (what: string) => never): void {
  const arenaEnd = up8(header.stateBytes) + header.arenaBytes;
  if (frame.offset % 8 !== 0 || frame.rows < 1 || (!window && frame.offset + 2 * frame.rows > arenaEnd))
    refuse("has its input outside of the model's RAM");
  const gathers = layers.every(({ source }) => source === undefined) && pieces.every(({ previous }) => !previous);
  if (window ? !gathers : layers.some(({ backward }) => backward)) refuse("has a window that its layers do not read");
  const sourceOf = (source: number) => (source > 0 ? resultOf(layers[source - 1]) : { ...frame, kind: kinds.int16[0] });
  lines.forEach(({ source, depth, offset }, i) => {
    const bytes = source > layers.length ? 0 : depth * up8(sourceOf(source).rows * valueBytes(sourceOf(source).kind));
    const fits = offset % 8 === 0 && offset <= header.stateBytes && bytes <= header.stateBytes - offset;
    if (window || bytes === 0 || depth > modelLimits.delay || !fits) refuse(`has delay line ${i} out of bounds`);
  });
  const ends = layers.map(() => 0);
  pieces.forEach(({ layer, source, at, previous, adds, delay = 0 }, i) => {
    const bad = (what: string) => refuse(`has piece ${i} ${what}`);
    if (layer >= layers.length || layers[layer].source !== undefined || layer < (pieces[i - 1]?.layer ?? 0))
      bad(`of layer ${layer}, where none belongs`);
    if (previous ? source <= layer || source > layers.length : source > layer) bad(`of source ${source}`);
    const from = sourceOf(source);
    const input = layers[layer].records[0];
    const [bytes, inputBytes] = [from, input].map(({ rows, kind }) => rows * valueBytes(kind));
    const line = lines.find((each) => each.source === source);
    if (delay > 0 && (previous || !line || delay > line.depth)) bad(`of ${delay} steps before, which nothing keeps`);
    if (previous && from.offset + bytes > header.stateBytes) bad("of a result that does not outlast a step");
    if (!window && from.offset < input.offset + inputBytes && input.offset < from.offset + bytes)
      bad("that writes what it reads");
    if (from.format - input.format < -15) bad("of a format too coarse");
    if (adds ? at + from.rows > ends[layer] : at !== ends[layer]) bad(`at ${at}`);
    ends[layer] = Math.max(ends[layer], at + from.rows);
  });
  layers.forEach(({ source, records }, i) => {
    if (source === undefined && ends[i] !== records[0].rows)
      refuse(`has pieces of ${ends[i]} values for the ${records[0].rows} inputs of layer ${i}`);
  });
}

// The ends agree with the network. Whether their tables are whole, host/features checks where it reads them.
function checkEnds({ sections, layers, frame }: Model, refuse: (what: string) => never): void {
  const front = sections.get("FRNT");
  const out = sections.get("OUTP");
  const inputs = frame.rows;
  const result = resultOf(layers[layers.length - 1]);
  const outputs = result.rows;
  if (result.kind !== kinds.int16[0]) refuse("gives results of 32 bits");
  const bands = front ? frontEndHead.read(front.bytes).bands : inputs;
  const labels = out ? decoderHead.read(out.bytes).labels : outputs;
  if (bands !== inputs) refuse(`has a front end of ${bands} bands and a network with ${inputs} inputs`);
  if (labels !== outputs) refuse(`has ${labels} labels and a network with ${outputs} outputs`);
}

function fitsPosition(layer: ModelLayer, handle: number, role: Role): boolean {
  const { inputs, states, parameters } = layer;
  if (handle < inputs) return role === "input";
  if (handle < inputs + states) return role === "state";
  if (handle < inputs + states + parameters) return role === "matrix" || role === "bias" || role === "vector";
  return role === "site";
}
