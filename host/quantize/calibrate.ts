// Calibration: the float network over real frames, each sequence from a fresh start and once more with the state carried on,
// so that the ranges hold for clips and for streams.
import { FloatNetwork } from "../autodiff/float-network.ts";
import { eachWindow } from "../autodiff/windows.ts";
import { type FloatLayer, lanesOf, networkInputs } from "../compile/cell.ts";
import type { Window } from "../model/pieces.ts";

/** Sequences of frames, int16, [frame][input] each. */
export type Frames = {
  sequences: Int16Array[];
  /** Fraction bits. */
  format: number;
};

/** Greatest absolute value by layer and handle. @param window of a network that reads whole windows */
export function calibrate(layers: FloatLayer[], frames: Frames, window?: Window): Float32Array[] {
  const lanes = lanesOf(layers);
  const network = new FloatNetwork(layers, lanes);
  network.calibrate();
  if (window) {
    eachWindow(network, valuesOf(frames), window, lanes, () => {});
    return network.ranges();
  }
  for (const carried of lanes > 1 ? [false, true] : [false]) {
    network.reset();
    eachBatch(
      networkInputs(layers),
      frames,
      () => {
        if (!carried) network.reset();
      },
      (x) => network.step(x),
      lanes,
    );
  }
  return network.ranges();
}

/** What the integers mean. */
export const valuesOf = ({ sequences, format }: Frames): Float32Array[] =>
  sequences.map((sequence) => Float32Array.from(sequence, (value) => value * 2 ** -format));

/**
 * Steps through all sequences, `lanes` at a time, as often as the longest of them has frames; the shorter ones begin again.
 * @param begin is called before each batch, with the number of its first sequence
 * @param step gets a frame of each sequence, [lane][input]; lanes beyond the last sequence repeat it
 */
export function eachBatch(
  inputs: number,
  { sequences, format }: Frames,
  begin: (first: number) => void,
  step: (x: Float32Array, frame: number) => void,
  lanes: number,
): void {
  const x = new Float32Array(lanes * inputs);
  const scale = 2 ** -format;
  for (let first = 0; first < sequences.length; first += lanes) {
    begin(first);
    const batch = Array.from({ length: lanes }, (_, lane) => sequences[Math.min(first + lane, sequences.length - 1)]);
    const longest = Math.max(...batch.map(({ length }) => length / inputs));
    for (let frame = 0; frame < longest; frame++) {
      batch.forEach((sequence, lane) => {
        const from = (frame * inputs) % sequence.length;
        for (let i = 0; i < inputs; i++) x[lane * inputs + i] = sequence[from + i] * scale;
      });
      step(x, frame);
    }
  }
}
