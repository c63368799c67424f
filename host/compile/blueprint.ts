// A blueprint: how cells are put together to a network. JSON or TypeScript; a cell never knows how it is stacked.
import { modelLimits } from "../spec/container.ts";
import { meant, UserError } from "../spec/user-error.ts";
import { type CompiledCell, type FloatLayer, type Numbers, type Piece, shapeOf } from "./cell.ts";
import { cellNames, isPath, loadCell, partsOf } from "./load.ts";
import { checkLinks, checkRanks, checkStates, checkTimescales } from "./sizes.ts";

/** A layer by its name or `input`; its result of the step before, or of an earlier layer `by` steps before. */
export type Result = string | { previous: string } | { delayed: string; by: number };
/** A result, or a sum of results of one length. */
export type Source = Result | { sum: Result[] };

export type LayerBlueprint = {
  /** By which other layers name it; its cell's name if absent. */
  name?: string;
  /** A cell that ships, with its options (`lstm+peepholes`), or the path of a cell's source, also with options. */
  cell: string;
  /** Length of its result. */
  units: number;
  /** Further sizes that the cell declares. */
  sizes?: Record<string, number>;
  /** What it reads, joined end to end if several; the layer before, or the input, if absent. */
  from?: Source | Source[];
  /** Steps through the window from its last step to its first. */
  direction?: "backward";
  numbers?: Numbers;
};

/** Layers in the order in which they run; the last one's result is the network's. */
export type Blueprint = {
  /** Values of a frame. */
  inputs: number;
  layers: LayerBlueprint[];
  /** Of a network with a backward layer: how many steps give results at a time, and how many are in sight before and after them. */
  window?: { before: number; hop: number; after: number };
};

/** A layer without its values. */
export type LayerShape = Omit<FloatLayer, "parameters">;

const fields = {
  blueprint: ["inputs", "layers", "window"],
  layer: ["name", "cell", "units", "sizes", "from", "direction", "numbers"],
  window: ["before", "hop", "after"],
  seeded: ["seed", "degree", "most", "positive", "scale"],
  numbers: ["matrices", "states", "sites", "input", "formats"],
  source: ["previous", "delayed", "by", "sum"],
};
/** Of a size: what a model file can say. */
const mostUnits = 4096;

/**
 * Loads the cells of a blueprint and works out its sizes.
 * @param value may come from JSON: everything in it is checked
 * @param name what errors call it
 * @throws UserError for a cell, option, layer or size that does not exist or cannot work
 */
export async function layersOf(value: unknown, name = "the blueprint"): Promise<LayerShape[]> {
  const { inputs, layers } = checkBlueprint(value, name);
  const names = layers.map(nameOf);
  const lengths = [inputs];
  const shapes: LayerShape[] = [];
  for (const [i, { cell: wanted, units, sizes, from, direction, numbers }] of layers.entries()) {
    const what = `layer "${names[i]}" of ${name}`;
    const cell = await loadNamed(wanted, what);
    const known = Object.keys(cell.sizes).filter((size) => size !== "units" && size !== "inputs");
    for (const size of Object.keys(sizes ?? {}))
      if (!known.includes(size))
        throw new UserError(`${what} gives ${size}, which cell ${wanted} does not have`, meant(size, known));
    const before: Piece = { source: i, previous: false, at: 0, length: lengths[i], adds: false };
    const pieces = from === undefined ? [before] : piecesOf(from, i, { what, names, lengths, layers });
    const total = pieces.reduce((end, { at, length }) => Math.max(end, at + length), 0);
    if (numbers) checkNumbers(numbers, cell, what);
    const shape: LayerShape = {
      cell,
      sizes: { ...sizes, units, inputs: total },
      ...(numbers && { numbers }),
      ...(direction && { backward: true }),
    };
    for (const { shape: parts } of [...cell.parameters, ...cell.states]) shapeOf(parts, shape);
    checkRanks(shape, what);
    checkStates(shape, what);
    checkLinks(shape, what);
    const [{ previous, delay, source }] = pieces;
    const chained = pieces.length === 1 && !previous && !delay && source === i;
    shapes.push(chained ? shape : { ...shape, pieces });
    lengths.push(units);
  }
  checkTimescales(layers, names, shapes, name);
  return shapes;
}

async function loadNamed(wanted: string, what: string) {
  if (isPath(wanted)) return loadCell(wanted);
  const [name, ...options] = partsOf(wanted);
  if (!cellNames().includes(name))
    throw new UserError(`${what} wants a cell ${name}, which there is not`, meant(name, cellNames()), { usage: true });
  const plain = await loadCell(name);
  for (const option of options)
    if (!Object.keys(plain.options).includes(option))
      throw new UserError(`${what} wants ${name} with an option ${option}`, meant(option, Object.keys(plain.options)), {
        usage: true,
      });
  return options.length > 0 ? loadCell(name, Object.fromEntries(options.map((option) => [option, true]))) : plain;
}

function checkNumbers(numbers: Numbers, cell: CompiledCell, what: string): void {
  const {
    matrices = "int16",
    states = {},
    sites = {},
    input = "int32",
    formats = {},
  } = objectOf(numbers, `numbers of ${what}`, fields.numbers) as Numbers;
  checkMatrices(matrices, cell, what);
  if (input !== "int32") throw new UserError(`${what} wants an input of ${input}`, "int32 is possible");
  const sited = [...new Set(cell.sites.map(({ name }) => name).filter((name) => name !== ""))];
  for (const [site, kind] of Object.entries(objectOf(sites, `sites of ${what}`))) {
    if (!sited.includes(site)) throw new UserError(`${what} has no result ${site}`, meant(site, sited));
    if (kind !== "int32") throw new UserError(`${what} wants a result of ${kind}`, "int32 is possible");
  }
  const known = cell.states.map(({ name }) => name);
  for (const [state, kind] of Object.entries(objectOf(states, `states of ${what}`))) {
    if (!known.includes(state)) throw new UserError(`${what} has no state ${state}`, meant(state, known));
    if (kind !== "int32")
      throw new UserError(`${what} wants a state of ${kind}`, "int32 is possible; int16 needs no mention");
  }
  const named = [...known, ...cell.parameters.map(({ name }) => name), ...sited];
  for (const [name, format] of Object.entries(objectOf(formats, `formats of ${what}`))) {
    if (!named.includes(name)) throw new UserError(`${what} has nothing named ${name}`, meant(name, named));
    if (!Number.isInteger(format) || format < modelLimits.formatLeast || format > modelLimits.formatMost)
      throw new UserError(
        `${what} wants ${name} with ${format} fraction bits`,
        `${modelLimits.formatLeast} to ${modelLimits.formatMost} are possible`,
      );
  }
}

function checkMatrices(matrices: Numbers["matrices"], cell: CompiledCell, what: string): void {
  const refuse = (kind: unknown): never => {
    const wanted = typeof kind === "string" ? kind : JSON.stringify(kind);
    throw new UserError(
      `${what} wants matrices of ${wanted}`,
      "int16, int32 or { seed, degree, most, scale } is possible; int8 needs no mention",
    );
  };
  if (matrices === "int16") return;
  if (typeof matrices !== "object") refuse(matrices);
  const known = cell.parameters.filter(({ role }) => role === "matrix").map(({ name }) => name);
  for (const [name, kind] of Object.entries(objectOf(matrices, `matrices of ${what}`))) {
    if (!known.includes(name)) throw new UserError(`${what} has no matrix ${name}`, meant(name, known));
    if (kind === "int16" || kind === "int32") continue;
    const { seed, degree, most, scale } = objectOf(kind, `matrix ${name} of ${what}`, fields.seeded) as Record<
      string,
      number
    >;
    const within = (value: number, most: number, least = 1) =>
      Number.isInteger(value) && value >= least && value <= most;
    if (
      !within(seed, 2 ** 32 - 1, 0) ||
      !within(degree, 1024) ||
      !within(most, 127) ||
      !Number.isInteger(Math.log2(scale))
    )
      refuse(kind);
  }
}

type Known = { what: string; names: string[]; lengths: number[]; layers: LayerBlueprint[] };

function piecesOf(from: Source | Source[], layer: number, known: Known): Piece[] {
  let at = 0;
  return (Array.isArray(from) ? from : [from]).flatMap((source) => {
    const parts = typeof source === "object" && "sum" in source ? source.sum : [source];
    const found = parts.map((part) => pieceOf(part as Result, layer, known));
    const [{ length }] = found;
    const other = found.find((piece) => piece.length !== length);
    if (other)
      throw new UserError(
        `${known.what} adds results of ${length} and ${other.length} values`,
        "give the layers the same units",
      );
    at += length;
    return found.map((piece, i) => ({ ...piece, at: at - length, adds: i > 0 }));
  });
}

function pieceOf(part: Result, layer: number, known: Known): Omit<Piece, "at" | "adds"> {
  const { what, names, lengths, layers } = known;
  const previous = typeof part === "object" && "previous" in part;
  const delay = typeof part === "object" && "delayed" in part ? part.by : 0;
  const name = typeof part === "string" ? part : "previous" in part ? part.previous : part.delayed;
  const index = name === "input" && !previous ? -1 : names.indexOf(name);
  if (index < 0 && (name !== "input" || previous))
    throw new UserError(`${what} reads "${name}", which there is not`, meant(name, [...names, "input"]));
  if (previous && index < layer)
    throw new UserError(
      `${what} reads the previous result of "${name}", which runs before it`,
      `only a layer's own and later ones' can be read so; read "${name}" itself`,
    );
  if (!previous && index >= layer)
    throw new UserError(`${what} reads "${name}", which runs after it`, `write {"previous": "${name}"}`);
  return {
    source: index + 1,
    previous,
    ...(delay > 0 && { delay }),
    length: previous ? layers[index].units : lengths[index + 1],
  };
}

/** A layer's name. */
export const nameOf = ({ name, cell }: LayerBlueprint): string => name ?? cell.replace(/^.*\/|(\.ts)?(\+.*)?$/g, "");

function checkBlueprint(value: unknown, name: string): Blueprint {
  const blueprint = objectOf(value, name, fields.blueprint) as Blueprint;
  wholeNumber(blueprint.inputs, `inputs of ${name}`);
  if (!Array.isArray(blueprint.layers) || blueprint.layers.length === 0)
    throw new UserError(`${name} has no layers`, "give at least one, the read-out");
  blueprint.layers.forEach((value, i) => {
    const what = `layer ${i + 1} of ${name}`;
    const layer = objectOf(value, what, fields.layer) as LayerBlueprint;
    if (typeof layer.cell !== "string")
      throw new UserError(`${what} names no cell`, `one of ${cellNames().join(", ")}`);
    if (layer.name !== undefined && (typeof layer.name !== "string" || layer.name === "input"))
      throw new UserError(`${what} has the name ${JSON.stringify(layer.name)}`, "give it a word, not input");
    wholeNumber(layer.units, `units of ${what}`);
    for (const [size, given] of Object.entries(objectOf(layer.sizes ?? {}, `sizes of ${what}`)))
      wholeNumber(given, `size ${size} of ${what}`);
    for (const source of [layer.from ?? []].flat()) checkSource(source, what);
  });
  checkWindow(blueprint, name);
  const names = blueprint.layers.map(nameOf);
  const twice = names.find((given, i) => names.indexOf(given) !== i);
  const read = blueprint.layers.some(({ from }) => JSON.stringify(from ?? "").includes(`"${twice}"`));
  if (twice !== undefined && read)
    throw new UserError(`${name} has two layers named "${twice}"`, "give each a name of its own");
  return blueprint;
}

function checkWindow({ layers, window }: Blueprint, name: string): void {
  const strange = layers.find(({ direction }) => direction !== undefined && direction !== "backward");
  if (strange)
    throw new UserError(
      `${name} has a layer of direction ${JSON.stringify(strange.direction)}`,
      "backward is possible; forward needs no mention",
    );
  const backward = layers.some(({ direction }) => direction);
  if (backward && !window)
    throw new UserError(
      `${name} has a backward layer and no window`,
      'say how far it sees: {"window": {"before", "hop", "after"}}',
    );
  if (!window) return;
  const { before, hop, after } = objectOf(window, `window of ${name}`, fields.window) as NonNullable<
    Blueprint["window"]
  >;
  wholeNumber(hop, `hop of the window of ${name}`);
  if (before !== 0) wholeNumber(before, `before of the window of ${name}`);
  if (after !== 0) wholeNumber(after, `after of the window of ${name}`);
  if (before + hop + after > mostUnits)
    throw new UserError(`the window of ${name} has ${before + hop + after} steps`, `at most ${mostUnits} are possible`);
  if (!backward)
    throw new UserError(`${name} has a window and no backward layer`, "leave the window out: it steps frame by frame");
  if (/"(previous|delayed)"/.test(JSON.stringify(layers.map(({ from }) => from))))
    throw new UserError(
      `${name} looks back within a window`,
      "a window's layers read whole results: leave previous and delayed out",
    );
}

function checkSource(source: unknown, what: string): void {
  if (typeof source === "string") return;
  const { previous, delayed, by, sum } = objectOf(source, `from of ${what}`, fields.source) as Record<string, unknown>;
  if (typeof previous === "string" && sum === undefined && delayed === undefined) return;
  if (typeof delayed === "string" && previous === undefined && sum === undefined) {
    wholeNumber(by, `the delay of ${delayed} in ${what}`);
    return;
  }
  if (previous === undefined && delayed === undefined && Array.isArray(sum) && sum.length > 0) {
    for (const part of sum) {
      if (typeof part === "object" && part !== null && "sum" in part)
        throw new UserError(`${what} adds a sum within a sum`, "write all of it as one");
      checkSource(part, what);
    }
    return;
  }
  throw new UserError(
    `${what} reads ${JSON.stringify(source)}`,
    'give a name, {"previous": name}, {"delayed": name, "by": steps}, or {"sum": [names]}',
  );
}

function objectOf(value: unknown, what: string, known?: readonly string[]): object {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UserError(`${what} is ${JSON.stringify(value)}`, "it must be an object");
  const strange = known && Object.keys(value).find((key) => !known.includes(key));
  if (strange !== undefined) throw new UserError(`${what} has a field ${strange}`, meant(strange, known!));
  return value;
}

function wholeNumber(value: unknown, what: string): void {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= mostUnits) return;
  throw new UserError(`${what} is ${JSON.stringify(value)}`, `it must be a whole number from 1 to ${mostUnits}`);
}
