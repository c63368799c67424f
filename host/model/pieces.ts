// Section FLOW: where the model's input lies and what layers gather, for models that are more than a chain of layers.
import type { Piece } from "../compile/cell.ts";
import { flowHead, flowLine, flowPiece, modelLimits, pieceFlags } from "../spec/container.ts";

/** The model's input in its RAM: int16. */
export type Frame = { offset: number; rows: number; format: number };
/** Steps of a window: `hop` of them give results, with so many before and after in sight. docs/container.md */
export type Window = { before: number; hop: number; after: number };
/** A piece of a layer's input; how long it is, its source says. */
export type GatheredPiece = Omit<Piece, "length"> & { layer: number };

/** What lies of a result's past, oldest first: `depth` steps, from `offset` in the model's RAM. */
export type Line = { source: number; depth: number; offset: number };

/** The section's bytes. */
export function flowSection(
  { offset, rows, format }: Frame,
  pieces: readonly GatheredPiece[],
  window: Window = { before: 0, hop: 0, after: 0 },
  lines: readonly Line[] = [],
): Uint8Array {
  const linesAt = flowHead.bytes + pieces.length * flowPiece.bytes;
  const bytes = new Uint8Array(linesAt + lines.length * flowLine.bytes);
  flowHead.write(bytes, 0, {
    offset,
    inputs: rows,
    format,
    reserved: 0,
    count: pieces.length,
    ...window,
    lines: lines.length,
  });
  lines.forEach((line, i) => {
    flowLine.write(bytes, linesAt + i * flowLine.bytes, line);
  });
  pieces.forEach(({ layer, source, at, previous, adds, delay = 0 }, i) => {
    const flags = (previous ? pieceFlags.previous : 0) | (adds ? pieceFlags.adds : 0);
    flowPiece.write(bytes, flowHead.bytes + i * flowPiece.bytes, { layer, source, at, flags, delay, reserved: 0 });
  });
  return bytes;
}

/** Reads the section; whether its pieces fit the layers is checked with these. */
export function readFlow(
  bytes: Uint8Array,
  refuse: (what: string) => never,
): { frame: Frame; pieces: GatheredPiece[]; window: Window | undefined; lines: Line[] } {
  if (bytes.length < flowHead.bytes) refuse("has a section FLOW that is too short");
  const { offset, inputs, format, reserved, count, before, hop, after, lines: lineCount } = flowHead.read(bytes);
  if (
    inputs > modelLimits.rows ||
    format < modelLimits.formatLeast ||
    format > modelLimits.formatMost ||
    reserved !== 0 ||
    before + hop + after > (hop > 0 ? modelLimits.window : 0) ||
    (hop > 0 && offset > 0) ||
    offset > 0x3fffffff ||
    count > (bytes.length - flowHead.bytes) / flowPiece.bytes ||
    lineCount > (bytes.length - flowHead.bytes - count * flowPiece.bytes) / flowLine.bytes
  )
    refuse("has a section FLOW out of bounds");
  const pieces = Array.from({ length: count }, (_, i) => {
    const {
      layer,
      source,
      at,
      flags,
      delay,
      reserved: none,
    } = flowPiece.read(bytes, flowHead.bytes + i * flowPiece.bytes);
    if (flags > (pieceFlags.previous | pieceFlags.adds) || none !== 0) refuse(`has piece ${i} with unknown flags`);
    return {
      layer,
      source,
      at,
      delay,
      previous: (flags & pieceFlags.previous) !== 0,
      adds: (flags & pieceFlags.adds) !== 0,
    };
  });
  const window = hop > 0 ? { before, hop, after } : undefined;
  const lines = Array.from({ length: lineCount }, (_, i) =>
    flowLine.read(bytes, flowHead.bytes + count * flowPiece.bytes + i * flowLine.bytes),
  );
  return { frame: { offset, rows: inputs, format }, pieces, window, lines };
}

/** A window of a sequence: the frames from … to, of which `count` from `first` on give results. */
export type Stretch = { from: number; to: number; first: number; count: number };

/** The windows that a sequence of so many frames is read in, as engines fill them: docs/container.md. */
export function stretchesOf(steps: number, { before, hop, after }: Window): Stretch[] {
  const found: Stretch[] = [];
  for (let done = 0; done < steps; done += found[found.length - 1].count) {
    const whole = done + hop + after <= steps;
    const to = whole ? done + hop + after : steps;
    found.push({ from: Math.max(0, done - before), to, first: done, count: whole ? hop : steps - done });
  }
  return found;
}
