// Formats by call site: how many fraction bits each handle's integers have. Chosen from what flows where and from the ranges
// that the float network showed on calibration data.
import { type FloatLayer, firstParameter, firstSite, firstState, handleCount, numbersOf } from "../compile/cell.ts";
import { type Flow, flowOf } from "../compile/flow.ts";
import { kinds, modelLimits } from "../spec/container.ts";
import { activationFormat, opOf } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";

/** Room above the calibrated range: data of the field goes further than data of the calibration. */
export const headroom = 1.25;

/** Fraction bits of tanh in 32 bits. */
const wideActivation = 24;

export type LayerFormats = {
  /** Kind of values by handle (host/spec/container.ts); of matrices int8 or int16. */
  kinds: Uint8Array;
  /** Fraction bits by handle; 0 for matrices and biases. */
  formats: Int8Array;
  /** Handles that only sigmoid and tanh read, at most Q4.11: beyond ±16 saturation changes nothing. */
  activationOnly: Set<number>;
  /** Parameters that are used element by element. */
  elementwise: Set<number>;
  flow: Flow;
  result: number;
};

/**
 * @param ranges greatest absolute value seen by handle
 * @param input format and kind of the layer's input
 * @throws UserError for a cell that integers cannot follow
 */
export function chooseFormats(
  layer: FloatLayer,
  ranges: Float32Array,
  input: { format: number; kind: number },
): LayerFormats {
  const { cell } = layer;
  const flow = stepFlow(layer);
  const result = flow.results[0];
  const formats = new Int8Array(handleCount(cell));
  const uses = usesOf(flow);
  const bounded = boundedHandles(layer, flow);
  const activationOnly = new Set<number>();
  const elementwise = new Set<number>();
  const changedBy = (state: number) =>
    flow.visits.filter(({ op, arguments: given }) => opOf(op)!.result === "state" && given[0].includes(state));
  const given = layer.numbers?.formats ?? {};

  const kindOf = chooseKinds(layer, flow, input.kind);
  formats.fill(input.format, 0, firstState(cell));
  for (let state = firstState(cell); state < firstParameter(cell); state++) {
    const changes = changedBy(state);
    const sources = changes.flatMap(({ op, site, arguments: of }) => (op === "set" ? [site, ...of[1]] : [site]));
    const range = Math.max(...[state, ...sources].map((handle) => ranges[handle]));
    const { name } = cell.states[state - firstState(cell)];
    const counted = [state, ...changes.map(({ site }) => site)].some((handle) =>
      uses.get(handle)?.some(({ by }) => by === "top"),
    );
    const within1 = bounded.has(state) || (weighs(uses, state) && range <= 1.001);
    const chosen = within1 ? formatFor(1, kindOf[state]) : calibrated(range, kindOf[state]);
    // However small strengths stay in calibration, top wants to write 1 in their format.
    formats[state] = given[name] ?? (counted ? Math.min(15, chosen) : chosen);
    if (kindOf[state] === kinds.int8[0] || inSweep(uses, state)) formats[state] = 0;
    if (changes.some(({ op }) => op === "random")) formats[state] = modelLimits.formatMost;
  }
  for (let handle = firstParameter(cell); handle < firstSite(cell); handle++) {
    const parameter = cell.parameters[handle - firstParameter(cell)];
    if (uses.get(handle)?.some(({ by }) => by === "embed"))
      formats[handle] = formatFor(1.0001 * greatest(layer.parameters[handle - firstParameter(cell)])); // 32768 is none
    if (parameter.role !== "vector" || !uses.get(handle)?.some(({ takes }) => takes === "vector" || takes === "memory"))
      continue;
    elementwise.add(handle);
    const most = greatest(layer.parameters[handle - firstParameter(cell)]);
    formats[handle] = inSweep(uses, handle)
      ? 0
      : (given[parameter.name] ?? (weighs(uses, handle) && most <= 1 ? 15 : formatFor(most)));
  }
  for (const { op, site, arguments: of } of flow.visits) {
    const { result: kind } = opOf(op)!;
    const readers = uses.get(site) ?? [];
    const { name } = cell.sites[site - firstSite(cell)];
    if (kind === "condition") continue;
    if (kind === "state" || kind === "like") formats[site] = formats[of[0][0]];
    else if (kind === "calibrated" && name in given) formats[site] = given[name];
    else if (typeof kind === "number") formats[site] = kindOf[site] === kinds.int32[0] ? wideActivation : kind;
    else if (
      kindOf[site] === kinds.int16[0] &&
      site !== result &&
      readers.length > 0 &&
      readers.every(({ by }) => by === "sigmoid" || by === "tanh")
    ) {
      formats[site] = Math.min(activationFormat, formatFor(ranges[site]));
      activationOnly.add(site);
    } else if (bounded.has(site) || (weighs(uses, site) && ranges[site] <= 1.001))
      formats[site] = formatFor(1, kindOf[site]);
    else formats[site] = calibrated(ranges[site], kindOf[site]);
  }
  unify(layer, flow, formats);
  followChanges(layer, flow, formats, kindOf);
  followFirst(flow, formats);
  return { kinds: kindOf, formats, activationOnly, elementwise, flow, result };
}

/** The greatest number of fraction bits with which a value of this size still fits its kind. */
export function formatFor(range: number, kind: number = kinds.int16[0]): number {
  const most = kind === kinds.int32[0] ? 2 ** 31 : 32768.5;
  let format: number = modelLimits.formatMost;
  while (format > modelLimits.formatLeast && range * 2 ** format > most) format--;
  return format;
}

/** The format of a range that calibration has shown. What it never reached has no range; Q7.8 is as good as any. */
export const calibrated = (range: number, kind: number = kinds.int16[0]): number =>
  range > 0 ? formatFor(range * headroom, kind) : 8;

/** Brings results that have the format of a first argument to it. */
export function followFirst({ visits }: Flow, formats: Int8Array): void {
  for (const { op, site, arguments: given } of visits)
    if (opOf(op)!.result === "like") formats[site] = formats[given[0][0]];
}

// int32 are the states that say so and the results that are set into them, where their format is free.
function chooseKinds(layer: FloatLayer, flow: Flow, input: number): Uint8Array {
  const { cell, numbers } = layer;
  const kindOf = new Uint8Array(handleCount(cell)).fill(kinds.int16[0]);
  kindOf.fill(input, 0, firstState(cell));
  for (const name of Object.keys(numbers?.states ?? {}))
    if (!cell.states.some((state) => state.name === name))
      throw new UserError(
        `${cell.name} has no state ${name}`,
        `it has ${cell.states.map((state) => state.name).join(", ")}`,
      );
  cell.states.forEach(({ name, kind }, i) => {
    kindOf[firstState(cell) + i] = kinds[numbers?.states?.[name] ?? kind][0];
  });
  cell.parameters.forEach(({ role }, i) => {
    if (role === "matrix") kindOf[firstParameter(cell) + i] = kinds[matrixKind(layer, i)][0];
  });
  for (const { op, arguments: given } of flow.visits)
    if (op === "accumulate") kindOf[given[1][0]] = kinds.int8Columns[0];
    else if (op === "embed") kindOf[given[0][0]] = kinds.int16[0];
  cell.sites.forEach(({ name, op }, i) => {
    if (!numbers?.sites?.[name]) return;
    if (opOf(op)!.result !== "calibrated" && op !== "tanh")
      throw new UserError(`${cell.name} cannot hold ${name} in 32 bits`, `${op} has no such result`);
    kindOf[firstSite(cell) + i] = kinds.int32[0];
  });
  for (const { op, site, arguments: given } of flow.visits) {
    if (opOf(op)!.result !== "state") continue;
    kindOf[site] = kindOf[given[0][0]];
    if (kindOf[site] !== kinds.int32[0] || op !== "set") continue;
    for (const handle of given[1]) {
      const free = handle >= firstSite(cell) && opOf(cell.sites[handle - firstSite(cell)].op)!.result === "calibrated";
      if (free) kindOf[handle] = kinds.int32[0];
    }
  }
  return kindOf;
}

const matrixKind = (layer: FloatLayer, parameter: number): keyof typeof kinds => {
  const kind = numbersOf(layer, parameter);
  return typeof kind === "string" ? kind : "seeded";
};

const greatest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function stepFlow({ cell }: FloatLayer): Flow {
  const flow = flowOf(cell).get("step")!;
  if (flow.results.length !== 1) {
    throw new UserError(
      `${cell.name} returns different things on different ways through step`,
      "return one handle, for example a state that all ways set",
    );
  }
  return flow;
}

type Use = { by: string; takes: string; index: number };

// Whether it is one of the whole numbers that a sweep reads.
const inSweep = (uses: Map<number, Use[]>, handle: number): boolean =>
  uses.get(handle)?.some(({ by }) => by === "sweep") ?? false;

// Whether it is a weight, 0 … 1, that an op takes in Q0.15 only.
const weighs = (uses: Map<number, Use[]>, handle: number): boolean =>
  uses.get(handle)?.some(({ by, index }) => weights[by]?.includes(index)) ?? false;
const weights: Record<string, number[]> = {
  ...{ blend: [0], link: [1], thin: [3] },
  ...{ sparseLink: [0, 1], sparseRowsDot: [0], sparseWeightedRows: [0] },
};

function usesOf(flow: Flow): Map<number, Use[]> {
  const uses = new Map<number, Use[]>();
  for (const { op, arguments: given } of flow.visits) {
    given.forEach((handles, i) => {
      const use = { by: op, takes: opOf(op)!.arguments[i][1], index: i };
      for (const handle of handles) uses.set(handle, [...(uses.get(handle) ?? []), use]);
    });
  }
  return uses;
}

// Handles that cannot leave −1 … 1: activations, and what these ops make of such. States start at zero.
const staysBounded: ReadonlySet<string> = new Set([
  "multiply",
  "blend",
  "set",
  "erase",
  "link",
  "pop",
  "spread",
  "top",
]);

function boundedHandles({ cell }: FloatLayer, flow: Flow): Set<number> {
  const bounded = new Set<number>();
  for (let handle = firstState(cell); handle < firstParameter(cell); handle++) bounded.add(handle);
  for (const { op, site } of flow.visits) if (staysBounded.has(op) || opOf(op)!.result === 15) bounded.add(site);
  for (let size = -1; size !== bounded.size; ) {
    size = bounded.size;
    for (const { op, site, arguments: given } of flow.visits) {
      if (opOf(op)!.result === 15) continue;
      const values = op === "set" ? given[1] : given.flat();
      if (staysBounded.has(op) && values.every((handle) => bounded.has(handle))) continue;
      bounded.delete(site);
      if (opOf(op)!.result === "state") for (const state of given[0]) bounded.delete(state);
    }
  }
  return bounded;
}

// A reference has the format of what it follows, so that the two are added and subtracted exactly; a state that accumulates
// what changed counts in units of row scale · 2^−format of the change.
function followChanges({ cell }: FloatLayer, flow: Flow, formats: Int8Array, kindOf: Uint8Array): void {
  const tie = (handles: number[], format: number) => {
    for (const handle of handles) formats[handle] = format;
  };
  const refuse = (site: number, what: string, hint: string): never => {
    throw new UserError(`${cell.name} line ${cell.sites[site - firstSite(cell)].line}: ${what}`, hint);
  };
  for (const { op, site, arguments: given } of flow.visits) {
    if (op === "change") {
      const format = formats[given[0][0]];
      tie([site, ...given[1], ...given[2]], format);
      for (const set of flow.visits)
        if (set.op === "set" && set.arguments[0].some((state) => given[1].includes(state)))
          tie([set.site, ...set.arguments[1].filter((handle) => handle >= firstSite(cell))], format);
    }
    if (op === "accumulate") {
      if (given[0].some((state) => kindOf[state] !== kinds.int32[0]))
        refuse(site, "accumulate needs a state of 32 bits", "declare it with state32");
      tie([site, ...given[0]], formats[given[2][0]]);
    }
  }
  for (const { op, site, arguments: given } of flow.visits) {
    const sums = flow.visits.filter((each) => each.op === "accumulate");
    opOf(op)!.arguments.forEach(([, takes], i) => {
      const columns = given[i].some((handle) => kindOf[handle] === kinds.int8Columns[0]);
      if (takes === "matrix" && columns !== (op === "accumulate" || op.endsWith("Sums")))
        refuse(site, `a matrix is both multiplied and accumulated`, "give each use a matrix of its own");
      if (takes !== "vector" || op === "exceeds") return;
      const states = sums.flatMap((each) => [each.site, ...each.arguments[0]]);
      if (given[i].some((handle) => states.includes(handle)))
        refuse(site, `${op} reads sums that accumulate makes`, "read them with affineSums or recurrentSums");
    });
  }
}

// A product's constants hold for one input format, so whatever can reach the same argument of one gets the same.
function unify({ cell }: FloatLayer, flow: Flow, formats: Int8Array): void {
  for (const { op, arguments: given } of flow.visits) {
    opOf(op)!.arguments.forEach(([name, takes], i) => {
      const handles = given[i];
      if (takes !== "vector" && handles.length > 1) {
        throw new UserError(
          `${cell.name} lets a condition choose the ${name} of ${op}`,
          "call the op on each way instead",
        );
      }
      if (opOf(op)!.length !== "rows" || takes !== "vector" || handles.length < 2) return;
      const least = Math.min(...handles.map((handle) => formats[handle]));
      for (const handle of handles) {
        if (formats[handle] === least) continue;
        const fixed =
          handle < firstSite(cell) || typeof opOf(cell.sites[handle - firstSite(cell)].op)!.result === "number";
        if (fixed)
          throw new UserError(
            `${cell.name} gives ${op} values of different formats as ${name}`,
            "call the op on each way instead",
          );
        formats[handle] = least;
      }
    });
  }
}
