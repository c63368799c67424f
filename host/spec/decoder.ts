// The decoder, logits to detections: its parameters, their limits, and the binary layouts of the OUTP section and of the RAM
// that a board gives it. docs/decoder.md defines the arithmetic.
import { layout } from "./layout.ts";

/** How detections come about, by the number in the section. */
export const decoderKinds = ["mean", "path"] as const;
export type DecoderKind = (typeof decoderKinds)[number];

/** What a model says about its output. Fractions are 0 … 1. */
export type DecoderParameters = {
  /**
   * `mean`: a label that is probable for a while is detected once. `path`, of connectionist temporal classification: a label is
   * detected in the first of the frames in which it is the greatest, so that their order spells what was said.
   */
  kind: DecoderKind;
  /** What the logits stand for, in their order. */
  labels: string[];
  /** Labels that are never detected: unknown, silence; the blank of a `path`. */
  quiet: string[];
  /** Fraction bits of the logits. */
  format: number;
  /** Frames whose logits are averaged. */
  window: number;
  /** Probability above which a label is detected. */
  threshold: number;
  /** Of a `mean`: probability below which a detected label may be detected again. A `path` has 0: another label in between does. */
  rearm: number;
  /** Frames from a detection to the next one, at least. */
  refractory: number;
};

/** What streams of keywords want, but for labels and format. */
export const keywordDecoder = { kind: "mean", window: 30, threshold: 0.6, rearm: 0.3, refractory: 25 } as const;

/** The best path, frame by frame: what connectionist temporal classification was trained for. */
export const pathDecoder = { kind: "path", window: 1, threshold: 0, rearm: 0, refractory: 0 } as const;

/** Least and greatest values that a board accepts. */
export const decoderLimits = {
  labels: [1, 64],
  format: [1, 15],
  window: [1, 255],
  refractory: [0, 65535],
  /** Bytes of a label in UTF-8. */
  label: [1, 63],
} as const;

/** Entries of the table of powers without the last: 2^(−i/64), i = 0 … 64. */
export const powerSteps = 64;

/** Head of the OUTP section. The tables follow in the order of their fields, each at a multiple of 4. */
export const decoderHead = layout([
  ["kind", "u16", "0: detections by the mean of the last logits; 1: by the best path"],
  ["labels", "u16", "logits of a frame, 1 … 64"],
  ["format", "u16", "fraction bits of the logits, 1 … 15"],
  ["window", "u16", "frames whose logits are averaged, 1 … 255"],
  ["threshold", "u16", "Q0.15: a label above it is detected"],
  ["rearm", "u16", "Q0.15, ≤ threshold: a detected label below it may be detected again; 0 of kind 1"],
  ["refractory", "u16", "frames from a detection to the next one, at least"],
  ["reserved", "u16", "0"],
  ["ramBytes", "u32", "RAM of the decoder: state, sums, ring"],
  ["powersAt", "u16", "65 values, unsigned Q1.15: 2^(−i / 64)"],
  ["firesAt", "u16", "a byte a label: 1 if it may be detected, else 0"],
  ["namesAt", "u16", "the labels in UTF-8, each after a byte with its length, 1 … 63"],
  ["length", "u16", "bytes of the section"],
]);

/**
 * Start of the decoder's RAM. An int32 sum a label, a byte a label (1: detected, not yet armed again; padded to 4) and
 * `window` frames of logits follow. All zero is the start.
 */
export const decoderState = layout([
  ["frames", "u16", "frames in the ring, at most `window`"],
  ["next", "u16", "frame of the ring that the next one replaces"],
  ["wait", "u16", "frames before the next detection"],
  ["reserved", "u16", "0"],
]);

/** RAM of a decoder in bytes. */
export const decoderRamBytes = (labels: number, window: number): number =>
  decoderState.bytes + 4 * labels + ((labels + 3) & ~3) + 2 * labels * window;
