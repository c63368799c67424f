// Where values lie in a model's RAM: states first, then inputs and temporaries, which share buffers by liveness. Code order
// is a safe clock, since no branch goes back: whatever way a step takes, it visits sites in that order.
import { type FloatLayer, firstParameter, firstSite, firstState, handleCount, shapeOf } from "../compile/cell.ts";
import { opOf } from "../spec/ops.ts";
import type { LayerFormats } from "./formats.ts";

export type Placement = {
  /** Offset in the model's RAM by layer and handle; meaningless for parameters and conditions. */
  offsets: Uint32Array[];
  /** Length of each handle's vector by layer, 0 for conditions and parameters. */
  rows: Uint16Array[];
  stateBytes: number;
  arenaBytes: number;
};

type Buffer = { from: number; until: number; bytes: number; at: number };

const up8 = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Lays out the RAM of a model whose layers run one after the other. */
export function place(layers: FloatLayer[], chosen: LayerFormats[]): Placement {
  const offsets = layers.map(({ cell }) => new Uint32Array(handleCount(cell)));
  const rows = layers.map((layer, i) => rowsOf(layer, chosen[i]));
  let stateBytes = 0;
  layers.forEach(({ cell }, i) => {
    for (let state = firstState(cell); state < firstParameter(cell); state++) {
      offsets[i][state] = stateBytes;
      stateBytes += up8(rows[i][state] * 2);
    }
  });
  const arena = up8(stateBytes);
  let arenaBytes = 0;
  const live: Buffer[] = [];
  const take = (from: number, until: number, count: number, over: number | undefined): number => {
    const bytes = up8(count * 2);
    const taken = live.filter((buffer) => buffer.until >= from).sort((a, b) => a.at - b.at);
    let at = over;
    if (at === undefined) {
      at = 0;
      for (const buffer of taken) {
        if (at + bytes <= buffer.at) break;
        at = Math.max(at, buffer.at + buffer.bytes);
      }
    }
    live.push({ from, until, bytes, at });
    arenaBytes = Math.max(arenaBytes, at + bytes);
    return at;
  };

  const starts: number[] = [];
  chosen.reduce((clock, { flow }) => {
    starts.push(clock);
    return clock + flow.visits.length;
  }, 1);
  const buffers = layers.map(() => new Map<number, Buffer>());
  for (const [i, { flow }] of chosen.entries()) {
    const until = (handle: number) => lastUse(chosen, starts, i, handle);
    const keep = (handle: number, at: number) => {
      offsets[i][handle] = arena + at;
      buffers[i].set(handle, live[live.length - 1]);
    };
    if (i === 0) keep(0, take(0, until(0), rows[0][0], undefined));
    else {
      const { result } = chosen[i - 1];
      offsets[i][0] = offsets[i - 1][result];
      const buffer = buffers[i - 1].get(result);
      if (buffer) buffers[i].set(0, buffer);
    }
    flow.visits.forEach(({ op, site, arguments: given }, n) => {
      const { result, overwrites } = opOf(op)!;
      const now = starts[i] + n;
      if (result === "condition") return;
      if (result === "state") {
        offsets[i][site] = offsets[i][given[0][0]];
        return;
      }
      const dying = overwrites
        ? given.filter((handles) => handles.length === 1).map(([handle]) => buffers[i].get(handle))
        : [];
      const over = dying.find((buffer) => buffer && buffer.until === now && buffer.bytes === up8(rows[i][site] * 2));
      if (over) over.until = now - 1; // the result takes its place
      keep(site, take(now, Math.max(now, until(site)), rows[i][site], over?.at));
    });
  }
  return { offsets, rows, stateBytes, arenaBytes };
}

// The last moment at which a handle's values are read; those of a layer's result by the layer after it, of the last one's by
// whoever called the step.
function lastUse(chosen: LayerFormats[], starts: number[], i: number, handle: number): number {
  const { flow, result } = chosen[i];
  let last = 0;
  flow.visits.forEach(({ arguments: given }, n) => {
    if (given.some((handles) => handles.includes(handle))) last = starts[i] + n;
  });
  if (handle !== result) return last;
  if (i === chosen.length - 1) return Number.POSITIVE_INFINITY;
  return Math.max(last, lastUse(chosen, starts, i + 1, 0));
}

function rowsOf(layer: FloatLayer, { flow }: LayerFormats): Uint16Array {
  const { cell } = layer;
  const rows = new Uint16Array(handleCount(cell));
  rows.fill(layer.sizes.inputs, 0, firstState(cell));
  cell.states.forEach(({ shape }, i) => {
    rows[firstState(cell) + i] = shapeOf(shape, layer)[0];
  });
  cell.parameters.forEach(({ shape }, i) => {
    rows[firstParameter(cell) + i] = shapeOf(shape, layer)[0];
  });
  for (const { op, site, arguments: given } of flow.visits) {
    if (opOf(op)!.result !== "condition") rows[site] = rows[given[0][0]];
  }
  for (let handle = firstParameter(cell); handle < firstSite(cell); handle++) {
    if (cell.parameters[handle - firstParameter(cell)].role === "matrix")
      rows[handle] = shapeOf(cell.parameters[handle - firstParameter(cell)].shape, layer)[0];
  }
  return rows;
}
