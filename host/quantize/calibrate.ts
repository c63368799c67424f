// Calibration: the float network over real frames, each sequence from a fresh start and once more with the state carried on,
// so that the ranges hold for clips and for streams.
import { FloatNetwork } from "../autodiff/float-network.ts";
import type { FloatLayer } from "../compile/cell.ts";

/** Sequences of frames, int16, all of the same length. */
export type Frames = {
  /** [sequence][frame][input] */
  values: Int16Array;
  /** Frames of a sequence. */
  length: number;
  /** Fraction bits. */
  format: number;
};

const lanes = 32;

/** Greatest absolute value by layer and handle. */
export function calibrate(layers: FloatLayer[], frames: Frames): Float32Array[] {
  const network = new FloatNetwork(layers, lanes);
  network.calibrate();
  for (const carried of [false, true]) {
    network.reset();
    eachBatch(
      layers[0].sizes.inputs,
      frames,
      () => {
        if (!carried) network.reset();
      },
      (x) => network.step(x),
    );
  }
  return network.ranges();
}

/**
 * Steps through all sequences, 32 at a time.
 * @param begin is called before each batch, with the number of its first sequence
 * @param step gets a frame of each sequence, [lane][input]; lanes beyond the last sequence repeat it
 */
export function eachBatch(
  inputs: number,
  { values, length, format }: Frames,
  begin: (first: number) => void,
  step: (x: Float32Array, frame: number) => void,
): void {
  const count = values.length / (length * inputs);
  const x = new Float32Array(lanes * inputs);
  const scale = 2 ** -format;
  for (let first = 0; first < count; first += lanes) {
    begin(first);
    for (let frame = 0; frame < length; frame++) {
      for (let lane = 0; lane < lanes; lane++) {
        const from = (Math.min(first + lane, count - 1) * length + frame) * inputs;
        for (let i = 0; i < inputs; i++) x[lane * inputs + i] = values[from + i] * scale;
      }
      step(x, frame);
    }
  }
}
