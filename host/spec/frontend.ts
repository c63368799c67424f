// The front end, PCM to log-mel frames: its parameters, their limits, and the binary layouts of the FRNT section and of the
// RAM that a board gives it. docs/front-end.md defines the arithmetic.
import { layout } from "./layout.ts";

/**
 * What a model says about its front end. Feature = (log2(E + 2^14) − offset) · 2^(format − 2), rounded and saturated to int16,
 * E the energy of a mel band in units where PCM is int16 and neither window nor transform scale (window's peak 1).
 */
export type FrontEnd = {
  /** Samples a second. */
  sampleRate: number;
  /** Samples of a frame, a multiple of 4. The FFT's length is the next power of two. */
  window: number;
  /** Samples from frame to frame, at most `window`. */
  hop: number;
  /** Values of a frame. */
  bands: number;
  /** Lower end of the lowest band, upper end of the highest. */
  lowHz: number;
  highHz: number;
  /** log2 of the energy at which a feature is 0. */
  offset: number;
  /** Fraction bits with which the network reads a feature: 2^format is 4 octaves of energy. */
  format: number;
};

/** 16 kHz, 20 ms hop: 49 frames of 40 bands a second. */
export const keywordFrontEnd: FrontEnd = {
  sampleRate: 16000,
  window: 512,
  hop: 320,
  bands: 40,
  lowHz: 60,
  highHz: 7600,
  offset: 28,
  format: 13,
};

/** 8 kHz, as of telephones; 20 ms hop. */
export const narrowFrontEnd: FrontEnd = {
  ...keywordFrontEnd,
  sampleRate: 8000,
  window: 256,
  hop: 160,
  bands: 32,
  highHz: 3900,
};

/** Least and greatest values that a board accepts. */
export const frontEndLimits = {
  sampleRate: [4000, 48000],
  window: [16, 1024],
  fft: [64, 1024],
  bands: [1, 64],
  offset: [-64, 64],
  format: [6, 14],
  /** Bins between the middles of two neighbouring bands; their sums then fit 32 bits. */
  width: [0, 256],
} as const;

/** Entries of the log2 table without the last: log2(1 + i/64), i = 0 … 64. */
export const logSteps = 64;
/** log2 of what is added to every band's energy. */
export const logFloor = 14;

/** Head of the FRNT section. The tables follow in the order of their fields, each at a multiple of 4. */
export const frontEndHead = layout([
  ["sampleRate", "u16", "samples a second"],
  ["window", "u16", "samples of a frame, a multiple of 4"],
  ["fft", "u16", "next power of two ≥ window, 64 … 1024"],
  ["hop", "u16", "samples from frame to frame, 1 … window"],
  ["bands", "u16", "values of a frame, 1 … 64"],
  ["lowHz", "u16", "lower end of the lowest band"],
  ["highHz", "u16", "upper end of the highest band"],
  ["firstBin", "u16", "first FFT bin that any band reads, ≥ 1"],
  ["offset", "i8", "log2 of the energy at which a feature is 0"],
  ["format", "u8", "fraction bits of a feature as the network reads it: feature · 2^−format"],
  ["reserved", "u16", "0"],
  ["ramBytes", "u32", "RAM of the front end: state, samples, spectrum"],
  ["windowAt", "u16", "window / 2 values, Q0.15: the first half of a symmetric window"],
  ["sineAt", "u16", "fft values, Q0.15: sin(2πi / fft), −32767 … 32767"],
  ["logAt", "u16", "65 values, unsigned Q1.15: log2(1 + i / 64)"],
  ["widthsAt", "u16", "bands + 1 values, u16: bins from one band's middle to the next, 0 … 256"],
  ["weightsAt", "u16", "a byte a bin, Q0.8: share of the upper band; the lower one has the rest"],
  ["length", "u16", "bytes of the section"],
]);

/** Start of the front end's RAM; `window` samples and `fft` values of spectrum, int16, follow. All zero is the start. */
export const frontEndState = layout([
  ["energyLow", "u32", "sum of squares since the last frame, lower half"],
  ["energyHigh", "u32", "upper half"],
  ["filled", "u16", "samples that wait for a frame, < window"],
  ["counted", "u16", "samples in the sum of squares"],
  ["peak", "u16", "greatest magnitude of these"],
  ["levelPeak", "u16", "greatest magnitude in the last frame's new samples, 0 … 32768"],
  ["levelRms", "u16", "their root mean square, rounded down"],
  ["reserved", "u16", "0"],
]);

/** Length of the FFT: the next power of two ≥ window, at least 64. */
export const fftLength = (window: number): number => Math.max(frontEndLimits.fft[0], 2 ** Math.ceil(Math.log2(window)));

/** RAM of a front end in bytes. */
export const frontEndRamBytes = (window: number): number => frontEndState.bytes + 2 * window + 2 * fftLength(window);
