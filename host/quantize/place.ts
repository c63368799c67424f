// Where values lie in a model's RAM: first what lasts (states, results that the next step reads), then inputs and temporaries,
// which share buffers by liveness. Code order is a safe clock, since no branch goes back: whatever way a step takes, it visits
// sites in that order.
import {
  aliasOf,
  delaysOf,
  type FloatLayer,
  firstParameter,
  firstSite,
  firstState,
  handleCount,
  networkInputs,
  readsWindows,
  shapeOf,
  siteName,
} from "../compile/cell.ts";
import type { Line } from "../model/pieces.ts";
import { kinds, valueBytes } from "../spec/container.ts";
import { resultLength } from "../spec/lengths.ts";
import { type OpName, opOf } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";
import type { LayerFormats } from "./formats.ts";

export type Placement = {
  /** Offset of the model's input in its RAM. */
  frame: number;
  /** Offset in the model's RAM by layer and handle; meaningless for parameters and conditions. */
  offsets: Uint32Array[];
  /** Length of each handle's vector by layer, 0 for conditions and parameters. */
  rows: Uint16Array[];
  /** What is kept of the past of results, among the states. */
  lines: Line[];
  stateBytes: number;
  arenaBytes: number;
};

type Buffer = { from: number; until: number; bytes: number; kind: number; at: number };

const up8 = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Lays out the RAM of a model. */
export function place(layers: FloatLayer[], chosen: LayerFormats[]): Placement {
  const offsets = layers.map(({ cell }) => new Uint32Array(handleCount(cell)));
  const rows = layers.map((layer, i) => rowsOf(layer, chosen[i]));
  const bytesOf = (i: number, handle: number) => up8(rows[i][handle] * valueBytes(chosen[i].kinds[handle]));
  const lasting = placeLasting(layers, chosen, offsets, bytesOf);
  const arena = new Arena(up8(lasting.bytes));
  const clock = new Clock(layers, chosen);

  const frame = arena.take(0, clock.lastRead(-1), networkInputs(layers) * 2, kinds.int16[0]);
  /** The buffer of each layer's result, 0 the model's input; undefined where it lasts. */
  const results: (Buffer | undefined)[] = [frame];
  chosen.forEach(({ flow, result, kinds: kindOf }, i) => {
    const buffers = new Map<number, Buffer>();
    const source = aliasOf(layers, i);
    if (source === undefined) {
      const until = Math.max(clock.starts[i], clock.lastUse(i, 0));
      buffers.set(0, arena.take(clock.starts[i], until, bytesOf(i, 0), kindOf[0]));
      offsets[i][0] = buffers.get(0)!.at;
    } else {
      if (results[source]) buffers.set(0, results[source]);
      offsets[i][0] = source === 0 ? frame.at : offsets[source - 1][chosen[source - 1].result];
    }
    flow.visits.forEach(({ op, site, arguments: given }, n) => {
      const now = clock.starts[i] + 1 + n;
      const kind = opOf(op)!.result;
      if (kind === "condition" || lasting.results.get(i) === site) return;
      if (kind === "state") {
        offsets[i][site] = offsets[i][given[0][0]];
        return;
      }
      const dying = opOf(op)!.overwrites
        ? given.filter((handles) => handles.length === 1).map(([handle]) => buffers.get(handle))
        : [];
      const bytes = bytesOf(i, site);
      const over = dying.find(
        (buffer) => buffer?.until === now && buffer.bytes === bytes && buffer.kind === kindOf[site],
      );
      if (over) over.until = now - 1; // the result takes its place
      buffers.set(site, arena.take(now, Math.max(now, clock.lastUse(i, site)), bytes, kindOf[site], over?.at));
      offsets[i][site] = buffers.get(site)!.at;
    });
    results.push(buffers.get(result));
  });
  return {
    frame: frame.at,
    offsets,
    rows,
    lines: lasting.lines,
    stateBytes: lasting.bytes,
    arenaBytes: arena.bytes,
  };
}

// States, and results that layers read a step later: sites that have a place of their own here, by layer.
function placeLasting(
  layers: FloatLayer[],
  chosen: LayerFormats[],
  offsets: Uint32Array[],
  bytesOf: (layer: number, handle: number) => number,
): { bytes: number; results: Map<number, number>; lines: Line[] } {
  let bytes = 0;
  layers.forEach(({ cell }, i) => {
    for (let state = firstState(cell); state < firstParameter(cell); state++) {
      offsets[i][state] = bytes;
      bytes += bytesOf(i, state);
    }
  });
  const read = layers.flatMap(({ pieces }) => pieces ?? []).filter(({ previous }) => previous);
  const results = new Map<number, number>();
  for (const i of new Set(read.map(({ source }) => source - 1))) {
    const { cell } = layers[i];
    const { result } = chosen[i];
    if (result < firstState(cell))
      throw new UserError(`${cell.name} gives back its input, of which nothing lasts`, "read its source instead");
    if (result < firstParameter(cell) || opOf(cell.sites[result - firstSite(cell)].op)!.result === "state") continue;
    results.set(i, result);
    offsets[i][result] = bytes;
    bytes += bytesOf(i, result);
  }
  const lines = [...delaysOf(layers)].map(([source, depth]) => {
    const offset = bytes;
    bytes += depth * (source > 0 ? bytesOf(source - 1, chosen[source - 1].result) : up8(2 * networkInputs(layers)));
    return { source, depth, offset };
  });
  return { bytes, results, lines };
}

class Arena {
  bytes = 0;
  readonly #live: Buffer[] = [];

  constructor(readonly start: number) {}

  /** A buffer for a while, in the first gap; or, with `over`, where a dying one lies. */
  take(from: number, until: number, count: number, kind: number, over?: number): Buffer {
    const bytes = up8(count);
    let at = over ?? this.start;
    if (over === undefined) {
      for (const buffer of this.#live.filter((other) => other.until >= from).sort((a, b) => a.at - b.at)) {
        if (at + bytes <= buffer.at) break;
        at = Math.max(at, buffer.at + buffer.bytes);
      }
    }
    const buffer = { from, until, bytes, kind, at };
    this.#live.push(buffer);
    this.bytes = Math.max(this.bytes, at + bytes - this.start);
    return buffer;
  }
}

// When a step does what: a layer's input is gathered at its start, its sites are visited after it.
class Clock {
  readonly starts: number[] = [];

  constructor(
    readonly layers: FloatLayer[],
    readonly chosen: LayerFormats[],
  ) {
    chosen.reduce((clock, { flow }) => {
      this.starts.push(clock);
      return clock + flow.visits.length + 1;
    }, 1);
  }

  /** The last moment at which a handle's values are read, by its layer or, where it is the result, by others. */
  lastUse(i: number, handle: number): number {
    const { flow, result } = this.chosen[i];
    let last = 0;
    flow.visits.forEach(({ arguments: given }, n) => {
      if (given.some((handles) => handles.includes(handle))) last = this.starts[i] + 1 + n;
    });
    return handle === result ? Math.max(last, this.lastRead(i)) : last;
  }

  /** The last moment at which a layer's result (−1: the model's input) is read by others; of the last one's by whoever called the step. */
  lastRead(i: number): number {
    // A window keeps a copy of each step's result.
    if (readsWindows(this.layers)) return i < 0 ? 0 : this.starts[i] + this.chosen[i].flow.visits.length + 1;
    if (i === this.layers.length - 1 || delaysOf(this.layers).has(i + 1)) return Number.POSITIVE_INFINITY;
    return this.layers.reduce((last, { pieces }, j) => {
      const source = aliasOf(this.layers, j);
      if (source === i + 1) return Math.max(last, this.lastUse(j, 0));
      const gathers = source === undefined && pieces?.some((piece) => piece.source === i + 1 && !piece.previous);
      return gathers ? Math.max(last, this.starts[j]) : last;
    }, 0);
  }
}

function rowsOf(layer: FloatLayer, { flow }: LayerFormats): Uint16Array {
  const { cell } = layer;
  const rows = new Uint16Array(handleCount(cell));
  rows.fill(layer.sizes.inputs, 0, firstState(cell));
  cell.states.forEach(({ shape }, i) => {
    rows[firstState(cell) + i] = shapeOf(shape, layer).reduce((a, b) => a * b, 1);
  });
  cell.parameters.forEach(({ shape }, i) => {
    rows[firstParameter(cell) + i] = shapeOf(shape, layer)[0];
  });
  const shapes = cell.parameters.map(({ shape }) => {
    const [length, columns = 1] = shapeOf(shape, layer);
    return { rows: length, columns };
  });
  for (const { op, site, arguments: given } of flow.visits) {
    if (opOf(op)!.result === "condition") continue;
    const handles = given.map(([handle]) => handle);
    const matrices = handles.filter((_, i) => opOf(op)!.arguments[i][1] === "matrix");
    const lengths = handles.map((handle) => rows[handle]);
    const length = resultLength(
      op as OpName,
      lengths,
      ...matrices.map((matrix) => shapes[matrix - firstParameter(cell)]),
    );
    if (typeof length === "string")
      throw new UserError(`${siteName(cell, site)} meets lengths of ${lengths.join(" and ")}`, length);
    rows[site] = length;
  }
  return rows;
}
