// The model file, .engram: header, section table, sections. docs/container.md is written from these tables,
// and so are the C structs that the board reads them with.
import { layout } from "./layout.ts";

export const magic = 0x52474e45; // "ENGR"
export const formatVersion = 1;
/** Sections, and whatever a board reads in place, begin at multiples of this. */
export const alignment = 16;

export const header = layout([
  ["magic", "u32", '"ENGR"'],
  ["version", "u16", "format version, 1"],
  ["sections", "u16", "entries of the section table, which follows the header"],
  ["length", "u32", "bytes of the whole file"],
  ["ramBytes", "u32", "RAM that a board gives this model: states, arena, front end, decoder, each rounded up to 8"],
  ["stateBytes", "u32", "of these, states; they lie first"],
  ["arenaBytes", "u32", "of these, inputs and temporaries of a step"],
  ["counter", "u32", "0; reserved for signed models"],
  ["sha256", "bytes32", "SHA-256 of everything after the header: the model's name"],
  ["crc", "u32", "CRC-32 of the header's first 60 bytes"],
]);

export const section = layout([
  ["tag", "u32", "four letters; a lower-case first letter marks a section that a reader may skip"],
  ["offset", "u32", "bytes from the start of the file, a multiple of 16"],
  ["length", "u32", "bytes of the section without padding"],
  ["reserved", "u32", "0"],
]);

/** Tags in the order in which they lie in the file. Those marked required must be there once. */
export const sections = {
  LAYR: { required: true, meaning: "layers: module, records, input, result" },
  SITE: { required: true, meaning: "records of all layers: inputs, states, parameters, call sites" },
  CODE: { required: true, meaning: "modules of the cells" },
  WGHT: { required: true, meaning: "weights, requantization constants, tables, initial states" },
  FRNT: { required: false, meaning: "front end: PCM to frames" },
  OUTP: { required: false, meaning: "labels and how logits become detections" },
  mETA: { required: false, meaning: "JSON for people and hosts" },
} as const;
export type SectionTag = keyof typeof sections;

/** Four letters as the number that stands in the file. */
export function tagNumber(tag: string): number {
  return tag.charCodeAt(0) | (tag.charCodeAt(1) << 8) | (tag.charCodeAt(2) << 16) | (tag.charCodeAt(3) << 24);
}
