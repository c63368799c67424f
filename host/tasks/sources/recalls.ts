// What an associative memory is shown and asked: patterns of ±1 at twice their loudness, to learn; then, again and again, a damaged one
// and silence, in which the memory goes on alone. Its last answer counts.

/** A memory, and what it is asked: where each recall begins (0: not known) and what it should end in. */
export type Lesson = { learns: Float32Array[]; recalls: { from: Float32Array; wanted: Float32Array }[] };

/** @param steps of a recall, the one that begins it counted */
export function lessonFrames({ learns, recalls }: Lesson, steps: number): Float32Array {
  const inputs = learns[0].length;
  const frames = new Float32Array(inputs * (learns.length + recalls.length * steps));
  learns.forEach((pattern, i) => {
    frames.set(
      pattern.map((value) => 2 * value),
      i * inputs,
    );
  });
  recalls.forEach(({ from }, i) => {
    frames.set(from, (learns.length + i * steps) * inputs);
  });
  return frames;
}

/** Where each recall ended. @param results of the frames above */
export function recalled({ learns, recalls }: Lesson, steps: number, results: Float32Array): Float32Array[] {
  const inputs = learns[0].length;
  return recalls.map((_, i) => {
    const last = learns.length + (i + 1) * steps - 1;
    return results.subarray(last * inputs, (last + 1) * inputs);
  });
}
