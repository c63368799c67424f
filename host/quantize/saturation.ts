// Values that integers had no room for, by call site: what is said of them after a calibration and after an evaluation.
import { type CompiledCell, firstSite, siteName } from "../compile/cell.ts";
import { flowOf } from "../compile/flow.ts";
import type { Model } from "../model/model.ts";
import type { IntegerModel } from "../runtime/integer-model.ts";
import { kinds } from "../spec/container.ts";
import { opOf } from "../spec/ops.ts";

export type ClippedSite = {
  layer: number;
  /** `gru line 31: recurrent of z`. */
  site: string;
  /** Saturated values, and as a part of all, 0 … 1. */
  clipped: number;
  fraction: number;
  /** Whether saturation there changes nothing: only sigmoid or tanh read the value, and are flat there; or it is 1. */
  harmless: boolean;
  /** The greatest |value| that there is room for, and that the float network had on the same data, if it was asked. */
  room: number;
  wanted?: number;
};

/** A part of a site's values that may be saturated without a word. */
const unsaid = 1e-3;

/** A cell, and those of its sites where saturation changes nothing. */
export type Known = {
  cell: Pick<CompiledCell, "name" | "sites" | "inputs" | "states" | "parameters">;
  flat: Set<number>;
};

/**
 * Call sites where a model's values were saturated, worst first.
 * @param steps that it has run
 * @param ranges of the float network, by layer and handle
 */
export function clippedSites(
  model: IntegerModel,
  steps: number,
  known: readonly Known[],
  ranges?: readonly Float32Array[],
): ClippedSite[] {
  const found = model.clips().flatMap((counts, layer) =>
    [...counts].flatMap((clipped, handle) => {
      if (clipped === 0) return [];
      const { rows, format, kind } = model.model.layers[layer].records[handle];
      const { cell, flat } = known[layer];
      const wanted = ranges?.[layer][handle];
      return [
        {
          layer,
          site: siteName(cell, handle),
          clipped,
          fraction: clipped / (steps * rows),
          harmless: flat.has(handle) || upToOne.has(model.model.layers[layer].records[handle].op),
          room: 2 ** ((kind === kinds.int32[0] ? 31 : 15) - format),
          ...(wanted !== undefined && { wanted }),
        },
      ];
    }),
  );
  return found.sort((a, b) => b.fraction - a.fraction);
}

const isFlat = (op: string | undefined): boolean => op === "sigmoid" || op === "tanh";

/** Ops whose results reach 1 and never pass it: what saturates there is 1 itself, for which 32767 stands. */
const upToOne: ReadonlySet<string | undefined> = new Set([
  "sigmoid",
  "tanh",
  "cosine",
  "softmax",
  "power",
  "allocation",
  "free",
]);

/** What is to be said of them. @param on what they ran over, as a person calls it */
export function saturationWarnings(clipped: readonly ClippedSite[], on: string): string[] {
  const range = (value: number) => `±${Number(value.toPrecision(3))}`;
  return clipped
    .filter(({ fraction, harmless }) => fraction > unsaid && !harmless)
    .map(({ site, fraction, room, wanted }) => {
      const wants = wanted !== undefined && wanted > room ? `, and ${range(wanted)} is wanted` : "";
      return `${site} saturates in ${(100 * fraction).toFixed(2)} % of its values on ${on}: it has room for ${range(room)}${wants}`;
    });
}

/** What a model file says of its cells; undefined where that is not whole: nothing but words hangs on it. */
export function knownCells({ meta, layers, modules }: Model): Known[] | undefined {
  if (meta?.layers.length !== layers.length) return undefined;
  try {
    return layers.map((layer, i) => {
      const { cell: name, options, source, states, parameters, sites } = meta.layers[i];
      const cell: CompiledCell = {
        name,
        options,
        source,
        wasm: modules[layer.module],
        inputs: ["x"],
        states: states.map((state) => ({ name: state, shape: [], kind: "int16" })),
        parameters: parameters.map((parameter) => ({ ...parameter, shape: [] })),
        sites,
        functions: ["step"],
        sizes: {},
      };
      if (firstSite(cell) + sites.length !== layer.records.length) throw new Error("other sites");
      return { cell, flat: flatSites(cell, layer.result) };
    });
  } catch {
    return undefined;
  }
}

// Sites that nothing but sigmoid and tanh reads.
function flatSites(cell: CompiledCell, result: number): Set<number> {
  const { visits } = flowOf(cell).get("step")!;
  const readers = (site: number) => visits.filter(({ arguments: given }) => given.some((of) => of.includes(site)));
  const flat = visits.filter(({ op, site }) => {
    const by = readers(site);
    const free = opOf(op)!.result === "calibrated" && site !== result;
    return free && by.length > 0 && by.every((reader) => isFlat(reader.op));
  });
  return new Set(flat.map(({ site }) => site));
}
