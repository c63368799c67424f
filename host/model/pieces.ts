// Section FLOW: where the model's input lies and what layers gather, for models that are more than a chain of layers.
import type { Piece } from "../compile/cell.ts";
import { flowHead, flowPiece, modelLimits, pieceFlags } from "../spec/container.ts";

/** The model's input in its RAM: int16. */
export type Frame = { offset: number; rows: number; format: number };
/** A piece of a layer's input; how long it is, its source says. */
export type GatheredPiece = Omit<Piece, "length"> & { layer: number };

/** The section's bytes. */
export function flowSection({ offset, rows, format }: Frame, pieces: readonly GatheredPiece[]): Uint8Array {
  const bytes = new Uint8Array(flowHead.bytes + pieces.length * flowPiece.bytes);
  flowHead.write(bytes, 0, { offset, inputs: rows, format, reserved: 0, count: pieces.length });
  pieces.forEach(({ layer, source, at, previous, adds }, i) => {
    const flags = (previous ? pieceFlags.previous : 0) | (adds ? pieceFlags.adds : 0);
    flowPiece.write(bytes, flowHead.bytes + i * flowPiece.bytes, { layer, source, at, flags });
  });
  return bytes;
}

/** Reads the section; whether its pieces fit the layers is checked with these. */
export function readFlow(
  bytes: Uint8Array,
  refuse: (what: string) => never,
): { frame: Frame; pieces: GatheredPiece[] } {
  if (bytes.length < flowHead.bytes) refuse("has a section FLOW that is too short");
  const { offset, inputs, format, reserved, count } = flowHead.read(bytes);
  if (
    inputs > modelLimits.rows ||
    format < modelLimits.formatLeast ||
    format > modelLimits.formatMost ||
    reserved !== 0 ||
    offset > 0x3fffffff ||
    count > (bytes.length - flowHead.bytes) / flowPiece.bytes
  )
    refuse("has a section FLOW out of bounds");
  const pieces = Array.from({ length: count }, (_, i) => {
    const { layer, source, at, flags } = flowPiece.read(bytes, flowHead.bytes + i * flowPiece.bytes);
    if (flags > (pieceFlags.previous | pieceFlags.adds)) refuse(`has piece ${i} with unknown flags`);
    return {
      layer,
      source,
      at,
      previous: (flags & pieceFlags.previous) !== 0,
      adds: (flags & pieceFlags.adds) !== 0,
    };
  });
  return { frame: { offset, rows: inputs, format }, pieces };
}
