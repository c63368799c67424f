// Model files that are whole and within the format, and that a board cannot run all the same.
import { arranged } from "../../host/model/arrange.ts";
import { readContainer, writeContainer } from "../../host/model/container.ts";
import { readModel } from "../../host/model/model.ts";
import { codeEntry, codeHead, header, record, type SectionTag } from "../../host/spec/container.ts";
import type { ErrorName } from "../../host/spec/errors.ts";
import { limits } from "../../host/spec/subset.ts";
import { changed, trappingModel } from "./models.ts";

type BadModel = { what: string; file: Uint8Array; error: ErrorName };

/** Refused before they run. `file` has int8 matrices. */
export function unfitModels(file: Uint8Array, board: { slotBytes: number; ramBytes: number }): BadModel[] {
  const large = new Uint8Array(board.slotBytes + 16);
  large.set(file);
  const setting = (name: "length" | "ramBytes", value: number) => (copy: Uint8Array) =>
    new DataView(copy.buffer).setUint32(header.offset(name), value, true);
  return [
    { what: "longer than a slot", file: changed(large, setting("length", large.length)), error: "space" },
    {
      what: "with more values than RAM",
      file: changed(file, setting("ramBytes", board.ramBytes + 8)),
      error: "memory",
    },
    {
      what: "with a module that needs more heap than there is",
      file: withModules(file, longModule, longModule),
      error: "memory",
    },
    { what: "damaged on the way", file: file.map((byte, i) => (i === 700 ? byte ^ 1 : byte)), error: "checksum" },
  ];
}

/** Its weights lie as kernels for processors with DSP instructions want them. */
export const inPairs = (file: Uint8Array): Uint8Array => arranged(readModel(file, "the model"), "int8Pairs");

/** Loaded, but every step traps. `file` is a GRU's. */
export function trappingModels(file: Uint8Array): BadModel[] {
  const { layers } = readModel(file, "the model");
  const sigmoid = layers[0]!.records.findIndex(({ op }) => op === "sigmoid");
  const formatAt = layers[0]!.recordsAt + sigmoid * record.bytes + record.offset("format");
  const wrongFormat = changed(file, (copy) => {
    copy[formatAt]! -= 1;
  });
  return [
    { what: "returns another handle than it says", file: trappingModel(file), error: "trapResult" },
    { what: "passes a handle that there is not", file: withModules(file, moduleOf(tanhOf99)), error: "trapHandle" },
    { what: "gives an op a format that it cannot take", file: wrongFormat, error: "trapFormat" },
  ];
}

/** `step` with a body that calls tanh, its only import. */
function moduleOf(body: number[]): Uint8Array {
  const unary = [0x60, 1, 0x7f, 1, 0x7f];
  const binary = [0x60, 2, 0x7f, 0x7f, 1, 0x7f];
  const text = (name: string) => [name.length, ...new TextEncoder().encode(name)];
  const code = [0, 0x20, 0, ...body, 0x0b]; // no locals; local.get 0 … end
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...sectionOf(1, [2, ...unary, ...binary]),
    ...sectionOf(2, [1, ...text("ops"), ...text("tanh"), 0, 1]),
    ...sectionOf(3, [1, 0]),
    ...sectionOf(7, [1, ...text("step"), 0, 1]),
    ...sectionOf(10, [1, ...counted(code)]),
  ]);
}

/** Of what is on the stack: i32.const 99, call 0. */
const tanhOf99 = [0x41, 0xe3, 0, 0x10, 0];
const counted = (bytes: number[]): number[] => [(bytes.length & 127) | 128, bytes.length >> 7, ...bytes];
const sectionOf = (id: number, bytes: number[]): number[] => [id, ...counted(bytes)];

/** As long as is permitted, all local.tee: compiled, 24 KB on a board of 32 bits, twice as much on one of 64. */
const longModule = moduleOf(
  Array((limits.bytes - 80) / 2)
    .fill([0x22, 0])
    .flat(),
);

/** The model with other modules, the first first. They lie where mETA lay, so that nothing moves; the old ones are skipped. */
function withModules(file: Uint8Array, ...others: Uint8Array[]): Uint8Array {
  const { header: facts, sections } = readContainer(file, "the model");
  const start = sections.get("mETA")!.offset;
  const modules = readModel(file, "the model").modules.map((old, i) => others[i] ?? old);
  const code = new Uint8Array(modules.reduce((at, module) => at + module.length, bodiesAt(modules.length)));
  codeHead.write(code, 0, { count: modules.length });
  modules.reduce((at, module, i) => {
    codeEntry.write(code, codeHead.bytes + i * codeEntry.bytes, { offset: start + at, length: module.length });
    code.set(module, at);
    return at + module.length;
  }, bodiesAt(modules.length));
  const kept = [...sections].filter(([tag]) => tag !== "mETA");
  const parts = kept.map(([tag, { bytes }]): [string, Uint8Array] => [tag === "CODE" ? "cODE" : tag, bytes]);
  return writeContainer([...parts, ["CODE", code]] as [SectionTag, Uint8Array][], facts);
}

const bodiesAt = (modules: number): number => codeHead.bytes + modules * codeEntry.bytes;
