// What lies in a board's flash besides model files: commit records of the slots and the journal. docs/store.md shows the states.
import { layout } from "./layout.ts";

export const store = {
  /** Bytes that open a commit record and a journal page. */
  recordMagic: 0x434d4d54,
  pageMagic: 0x4a524e4c,
  /** A new model is confirmed, and a reset is no longer held against it, after this many steps without a trap. */
  goodSteps: 8,
  /** Resets within those steps after which a new model is dropped, and a confirmed one is not started. */
  resets: 3,
  /** Longest value in the journal. */
  valueBytes: 1024,
  /** No entry begins where the flash is still erased. */
  noKey: 0xffff,
  /** Keys of what models have learned: from this one on, without a gap, at most so many. */
  learned: 0xf000,
  learnedMost: 127,
  /** Keys of rules: what a board that listens by itself does on a detection. */
  rules: 0xe000,
  rulesMost: 8,
} as const;

/** At the end of a slot, then one write unit each: confirmed, dropped. Erased: not so. Anything else: so. */
export const commitRecord = layout([
  ["magic", "u32", "recordMagic"],
  ["number", "u32", "counts the board's commits; the newest valid record runs"],
  ["length", "u32", "bytes of the model file, which begins at the slot's begin"],
  ["model", "u32", "CRC-32 of the model file's header, as it stands there"],
  ["crc", "u32", "CRC-32 of the fields before"],
]);

/** At the begin of a journal page, written when the rest of the page is. */
export const pageHead = layout([
  ["magic", "u32", "pageMagic"],
  ["generation", "u32", "the newest valid page counts"],
  ["crc", "u32", "CRC-32 of the fields before"],
]);

/** Opens the value of a learned frame; a bit for each value of the frame follows, lowest first: 1 is +loudness, 0 −loudness. */
export const learnedHead = layout([
  ["model", "bytes8", "the first 8 bytes of the SHA-256 that names the model; the frames of others are passed over"],
  ["loudness", "i16", "magnitude of all values of the frame"],
]);

/** Opens the value of a rule; the label in UTF-8 follows. A rule for a label that the model lacks waits for one that has it. */
export const ruleHead = layout([
  ["pin", "u8", "the pin that goes high"],
  ["reserved", "u8", "0"],
  ["threshold", "u16", "Q0.15: the least score, beside what the model asks for"],
  ["holdMs", "u32", "milliseconds from the last such detection until the pin goes low again"],
]);

/** Before each value in the journal; head and value are padded to whole write units with FF. */
export const entryHead = layout([
  ["crc", "u32", "CRC-32 of key, length and value"],
  ["key", "u16", "0 … 65534"],
  ["length", "u16", "bytes of the value; 0: the key is forgotten"],
]);
