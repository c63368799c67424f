// Pen strokes as online handwriting networks take them (Graves 2013, "Generating sequences with recurrent neural networks",
// arXiv:1308.0850, section 4.1): a step a point, its offset from the point before, also across a pen lift, and whether the
// pen is lifted after it. Offsets do not depend on where on the tablet was written; strokes need no separators.
import { UserError } from "../../spec/user-error.ts";
import type { Notices } from "../notices.ts";
import { jsonLinesOf } from "./json-lines.ts";
import { nameOf } from "./read.ts";
import type { FoundSequence, SequenceSet } from "./sequence-set.ts";
import { settle } from "./settle.ts";
import { numberIn, splitIn } from "./value.ts";

/** Tablet units a unit of dx and dy: brings the pen digits' root mean square from 9.9 to 0.6; a power of two, so exact. */
export const STROKE_UNIT = 16;
const COLUMNS = ["dx", "dy", "penUp"];

/** Reads NDJSON whose x is strokes of points [x, y]; the first point's offset is 0, 0. */
export async function readStrokes(path: string, notices: Notices): Promise<SequenceSet> {
  const found: FoundSequence[] = [];
  for await (const { row, origin } of jsonLinesOf(path)) {
    const x = stepsOf(row.x, origin);
    const split = splitIn(row.split, origin);
    found.push({
      x,
      steps: x.length / 3,
      inputs: 3,
      columns: COLUMNS,
      ...(row.label !== undefined && { label: String(row.label) }),
      // Writers are numbered from 1 in train and again in test, but are others.
      ...(row.writer !== undefined && { group: split ? `${split} ${row.writer}` : String(row.writer) }),
      ...(split && { split }),
      origin,
    });
  }
  return settle(nameOf([path]), found, notices);
}

function stepsOf(strokes: unknown, origin: string): Float32Array {
  const isStrokes =
    Array.isArray(strokes) && strokes.length > 0 && strokes.every((s) => Array.isArray(s) && s.length > 0);
  if (!isStrokes)
    throw new UserError(`${origin}: x is not a list of strokes`, 'A line should look like {"x": [[[0, 0], [3, 4]]]}.');
  const steps: number[] = [];
  let before: number[] | undefined;
  for (const [s, stroke] of (strokes as unknown[][]).entries())
    for (const [p, point] of stroke.entries()) {
      const where = `${origin}: stroke ${s + 1}, point ${p + 1}`;
      if (!Array.isArray(point) || point.length !== 2)
        throw new UserError(`${where} is ${JSON.stringify(point)}, expected [x, y]`, "A point is two numbers.");
      const now = point.map((value) => numberIn(value, () => where));
      const [dx, dy] = before ? [now[0] - before[0], now[1] - before[1]] : [0, 0];
      steps.push(dx / STROKE_UNIT, dy / STROKE_UNIT, p === stroke.length - 1 ? 1 : 0);
      before = now;
    }
  return Float32Array.from(steps);
}
