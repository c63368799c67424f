// A float network over the windows of sequences, several at a time, cut as engines cut them.
import { type Stretch, stretchesOf, type Window } from "../model/pieces.ts";
import type { FloatNetwork } from "./float-network.ts";

/**
 * @param sequences [steps][inputs] each
 * @param lanes of the network
 * @param use gets each window of sequence i with the results by layer and step, [lane][values], and its lane
 */
export function eachWindow(
  network: FloatNetwork,
  sequences: readonly Float32Array[],
  window: Window,
  lanes: number,
  use: (stretch: Stretch & { i: number }, results: readonly Float32Array[][], lane: number) => void,
): void {
  const { inputs } = network;
  const all = sequences.flatMap((sequence, i) =>
    stretchesOf(sequence.length / inputs, window).map((stretch) => ({ ...stretch, i })),
  );
  const lengthOf = ({ from, to }: Stretch) => to - from;
  all.sort((a, b) => lengthOf(b) - lengthOf(a)); // of similar length together
  for (let at = 0; at < all.length; at += lanes) {
    const chosen = all.slice(at, at + lanes);
    const parts = chosen.map(({ i, from, to }) => sequences[i].subarray(from * inputs, to * inputs));
    const lengths = Int32Array.from({ length: lanes }, (_, lane) => (chosen[lane] ? lengthOf(chosen[lane]) : 0));
    const results = network.runAll(sideBySide(parts, inputs, lanes), lengths);
    for (const [lane, stretch] of chosen.entries()) use(stretch, results, lane);
  }
}

/** Sequences side by side: by step, [lane][inputs], zero where a sequence has ended. */
export function sideBySide(sequences: readonly Float32Array[], inputs: number, lanes: number): Float32Array[] {
  const longest = Math.max(...sequences.map(({ length }) => length / inputs));
  return Array.from({ length: longest }, (_, t) => {
    const frame = new Float32Array(lanes * inputs);
    sequences.forEach((sequence, lane) => {
      frame.set(sequence.subarray(t * inputs, (t + 1) * inputs), lane * inputs);
    });
    return frame;
  });
}
