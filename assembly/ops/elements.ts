// Element by element: exact in 64 bits, one rounding half up at the end, saturated. docs/arithmetic.md defines each.
import {
  kind_int16,
  op_add,
  op_blend,
  op_change,
  op_exceeds,
  op_fires,
  op_multiply,
  op_multiplyAdd,
  op_relu,
  op_set,
} from "../../build/generated/container";
import { formatOf, kindOf, recordOf, rowsOf, same, saturate, scale, siteOf, valuesOf, vectorOf } from "./model";
import { comparable, elements, first } from "./wide";

// Shifts that keep every sum below within 64 bits; beyond them the formats are wrong and the op traps.
function bounded(up: i32, shift: i32): void {
  if (up - min(shift, 0) > 30 || shift > 46 || shift < -15) unreachable();
}

// Kinds are 1 for int16, 2 for int32, so that of all int16 the union is 1.
function wide(kinds: u8): bool {
  return kinds != kind_int16;
}

/** a ∘ b. */
export function multiply(a: i32, b: i32, y: i32): i32 {
  const site = siteOf(y, op_multiply);
  const rows = rowsOf(site);
  const ra = vectorOf(a, rows);
  const rb = vectorOf(b, rows);
  const shift = formatOf(ra) + formatOf(rb) - formatOf(site);
  if (wide(kindOf(ra) | kindOf(rb) | kindOf(site))) return elements(op_multiply, ra, rb, 0, site, 0, 0, shift, y);
  bounded(0, shift);
  const pa = valuesOf(ra);
  const pb = valuesOf(rb);
  const py = valuesOf(site);
  same(pa, py, (<usize>rows) << 1);
  same(pb, py, (<usize>rows) << 1);
  for (let i: usize = 0, end = (<usize>rows) << 1; i < end; i += 2) {
    store<i16>(py + i, saturate(scale(<i64>(<i32>load<i16>(pa + i) * <i32>load<i16>(pb + i)), shift), y));
  }
  return y;
}

/** a ∘ b + c. */
export function multiplyAdd(a: i32, b: i32, c: i32, y: i32): i32 {
  const site = siteOf(y, op_multiplyAdd);
  const rows = rowsOf(site);
  const ra = vectorOf(a, rows);
  const rb = vectorOf(b, rows);
  const rc = vectorOf(c, rows);
  const product = formatOf(ra) + formatOf(rb);
  const finest = max(product, formatOf(rc));
  const up = finest - product;
  const upC = finest - formatOf(rc);
  const shift = finest - formatOf(site);
  if (wide(kindOf(ra) | kindOf(rb) | kindOf(rc) | kindOf(site)))
    return elements(op_multiplyAdd, ra, rb, rc, site, up, upC, shift, y);
  bounded(max(up, upC), shift);
  const pa = valuesOf(ra);
  const pb = valuesOf(rb);
  const pc = valuesOf(rc);
  const py = valuesOf(site);
  same(pa, py, (<usize>rows) << 1);
  same(pb, py, (<usize>rows) << 1);
  same(pc, py, (<usize>rows) << 1);
  for (let i: usize = 0, end = (<usize>rows) << 1; i < end; i += 2) {
    const ab = (<i64>(<i32>load<i16>(pa + i) * <i32>load<i16>(pb + i))) << up;
    store<i16>(py + i, saturate(scale(ab + ((<i64>load<i16>(pc + i)) << upC), shift), y));
  }
  return y;
}

/** z ∘ a + (1 − z) ∘ b, z in Q0.15. */
export function blend(z: i32, a: i32, b: i32, y: i32): i32 {
  const site = siteOf(y, op_blend);
  const rows = rowsOf(site);
  const rz = vectorOf(z, rows);
  const ra = vectorOf(a, rows);
  const rb = vectorOf(b, rows);
  const finest = max(formatOf(ra), formatOf(rb));
  const upA = finest - formatOf(ra);
  const upB = finest - formatOf(rb);
  const shift = 15 + finest - formatOf(site);
  if (formatOf(rz) != 15) unreachable();
  if (wide(kindOf(rz) | kindOf(ra) | kindOf(rb) | kindOf(site)))
    return elements(op_blend, rz, ra, rb, site, upA, upB, shift, y);
  bounded(max(upA, upB), shift);
  const pz = valuesOf(rz);
  const pa = valuesOf(ra);
  const pb = valuesOf(rb);
  const py = valuesOf(site);
  same(pz, py, (<usize>rows) << 1);
  same(pa, py, (<usize>rows) << 1);
  same(pb, py, (<usize>rows) << 1);
  for (let i: usize = 0, end = (<usize>rows) << 1; i < end; i += 2) {
    const keep = <i64>load<i16>(pz + i);
    const sum = keep * ((<i64>load<i16>(pa + i)) << upA) + (32768 - keep) * ((<i64>load<i16>(pb + i)) << upB);
    store<i16>(py + i, saturate(scale(sum, shift), y));
  }
  return y;
}

/** a + b. */
export function add(a: i32, b: i32, y: i32): i32 {
  const site = siteOf(y, op_add);
  const rows = rowsOf(site);
  const ra = vectorOf(a, rows);
  const rb = vectorOf(b, rows);
  const finest = max(formatOf(ra), formatOf(rb));
  const upA = finest - formatOf(ra);
  const upB = finest - formatOf(rb);
  const shift = finest - formatOf(site);
  if (wide(kindOf(ra) | kindOf(rb) | kindOf(site))) return elements(op_add, ra, rb, 0, site, upA, upB, shift, y);
  bounded(max(upA, upB), shift);
  const pa = valuesOf(ra);
  const pb = valuesOf(rb);
  const py = valuesOf(site);
  same(pa, py, (<usize>rows) << 1);
  same(pb, py, (<usize>rows) << 1);
  for (let i: usize = 0, end = (<usize>rows) << 1; i < end; i += 2) {
    store<i16>(
      py + i,
      saturate(scale(((<i64>load<i16>(pa + i)) << upA) + ((<i64>load<i16>(pb + i)) << upB), shift), y),
    );
  }
  return y;
}

/** The state becomes a; the site's buffer is the state's. */
export function set(s: i32, a: i32, y: i32): i32 {
  const site = siteOf(y, op_set);
  const rows = rowsOf(site);
  const rs = vectorOf(s, rows);
  const ra = vectorOf(a, rows);
  const pa = valuesOf(ra);
  const ps = valuesOf(rs);
  if (ps != valuesOf(site) || formatOf(rs) != formatOf(site) || kindOf(rs) != kindOf(site)) unreachable();
  if (pa == ps && kindOf(ra) == kindOf(rs)) return y;
  const shift = formatOf(ra) - formatOf(rs);
  if (wide(kindOf(ra) | kindOf(rs))) return elements(op_set, ra, 0, 0, site, 0, 0, shift, y);
  bounded(0, shift);
  same(pa, ps, (<usize>rows) << 1);
  for (let i: usize = 0, end = (<usize>rows) << 1; i < end; i += 2) {
    store<i16>(ps + i, saturate(scale(<i64>load<i16>(pa + i), shift), y));
  }
  return y;
}

/** Whether the first element of a is greater than that of b. */
export function exceeds(a: i32, b: i32, y: i32): i32 {
  siteOf(y, op_exceeds);
  const ra = recordOf(a);
  const rb = vectorOf(b, rowsOf(ra));
  vectorOf(a, rowsOf(ra));
  const finest = max(formatOf(ra), formatOf(rb));
  const upA = finest - formatOf(ra);
  const upB = finest - formatOf(rb);
  if (!comparable(ra, upA, rb, upB)) unreachable();
  return first(ra) << upA > first(rb) << upB ? 1 : 0;
}

/** x − r where that is at least t in magnitude, else 0. */
export function change(x: i32, r: i32, t: i32, y: i32): i32 {
  const site = siteOf(y, op_change);
  const rows = rowsOf(site);
  const rx = vectorOf(x, rows);
  const rr = vectorOf(r, rows);
  const rt = vectorOf(t, rows);
  const format = formatOf(site);
  if (formatOf(rx) != format || formatOf(rr) != format || formatOf(rt) != format) unreachable();
  if (wide(kindOf(rx) | kindOf(rr) | kindOf(rt) | kindOf(site))) unreachable();
  return elements(op_change, rx, rr, rt, site, 0, 0, 0, y);
}

/** 1 where a is at least b, else 0. */
export function fires(a: i32, b: i32, y: i32): i32 {
  const site = siteOf(y, op_fires);
  const rows = rowsOf(site);
  const ra = vectorOf(a, rows);
  const rb = vectorOf(b, rows);
  const finer = formatOf(rb) - formatOf(ra);
  if (formatOf(site) != 0) unreachable();
  return elements(op_fires, ra, rb, 0, site, max(finer, 0), max(-finer, 0), 0, y);
}

/** max(0, a). */
export function relu(a: i32, y: i32): i32 {
  const site = siteOf(y, op_relu);
  const ra = vectorOf(a, rowsOf(site));
  return elements(op_relu, ra, 0, 0, site, 0, 0, formatOf(ra) - formatOf(site), y);
}
