// Weights in the order that a board's kernels read fastest: the same model, under the same name.
import {
  codeEntry,
  codeHead,
  header,
  kinds,
  layer as layerEntry,
  layersHead,
  type MatrixLayout,
  matrixBytes,
  record,
  type SectionTag,
  sections as sectionTable,
  valueBytes,
} from "../spec/container.ts";
import { termsOf } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";
import { firstOffset, nextOffset, writeContainer } from "./container.ts";
import { type Model, readModel } from "./model.ts";

/**
 * The file that a board gets: with its matrices in a layout of the board's own, if there is one and the model permits it.
 * @param file a model file, or what claims to be one; that a board shall refuse
 * @param boardKinds a bit for each kind of matrix that the board reads (hello)
 */
export function arrangedFor(file: Uint8Array, boardKinds: number): Uint8Array {
  if (((boardKinds >> kinds.int8Pairs[0]) & 1) === 0) return file;
  try {
    return arranged(readModel(file, "the model"), "int8Pairs");
  } catch (error) {
    if (error instanceof UserError) return file;
    throw error;
  }
}

/** The model with all its int8 matrices in another layout; its own file if it has that already. */
export function arranged(model: Model, kind: MatrixLayout): Uint8Array {
  const blocks = weightBlocks(model);
  if (model.layout === kind || model.layout !== "int8") return model.file;

  const tags = (Object.keys(sectionTable) as SectionTag[]).filter((tag) => model.sections.has(tag) || tag === "nAME");
  const parts = new Map(tags.map((tag) => [tag, new Uint8Array(model.sections.get(tag)?.bytes ?? [])]));
  parts.set("nAME", new Uint8Array(Buffer.from(model.sha256, "hex")));
  const laid = blocks.map(({ bytes, matrix }) => (matrix ? pairs(bytes, ...matrix) : bytes));
  const starts: number[] = [];
  const length = laid.reduce((at, bytes, i) => {
    starts[i] = at;
    return nextOffset(at, bytes.length);
  }, 0);
  const weights = new Uint8Array(length);
  laid.forEach((bytes, i) => void weights.set(bytes, starts[i]));
  parts.set("WGHT", weights);

  const placed = new Map<SectionTag, number>();
  tags.reduce((at, tag) => {
    placed.set(tag, at);
    return nextOffset(at, parts.get(tag)!.length);
  }, firstOffset(tags.length));
  const moved = (offset: number) => {
    const i = blocks.findIndex((block) => block.offset === offset);
    return placed.get("WGHT")! + starts[i];
  };
  move(model, parts, placed, moved);
  return writeContainer(
    tags.map((tag) => [tag, parts.get(tag)!]),
    header.read(model.file),
  );
}

type Block = { offset: number; bytes: Uint8Array; matrix?: [rows: number, columns: number] };

/** Every stretch of WGHT that something names, once. UserError if two overlap, for then they cannot move apart. */
function weightBlocks({ file, layers }: Model): Block[] {
  const found = new Map<number, Block>();
  const add = (offset: number, length: number, matrix?: Block["matrix"]) => {
    const old = found.get(offset);
    if (old && (old.bytes.length !== length || !old.matrix !== !matrix)) throw overlap();
    found.set(offset, { offset, bytes: file.subarray(offset, offset + length), matrix });
  };
  for (const { records, inputs, states, initial } of layers) {
    for (const { role, offset, rows, columns, kind, op, constants } of records) {
      const moves = kind === kinds.int8[0] ? ([rows, columns] as [number, number]) : undefined;
      if (role === "matrix") add(offset, matrixBytes(kind, rows, columns), moves);
      if (role === "vector") add(offset, rows * valueBytes(kind));
      if (constants) add(constants, (1 + termsOf(op!)) * 4 * rows);
    }
    const values = records
      .slice(inputs, inputs + states)
      .reduce((sum, { rows, kind }) => sum + rows * valueBytes(kind), 0);
    if (initial) add(initial, values);
  }
  const blocks = [...found.values()].sort((a, b) => a.offset - b.offset);
  blocks.forEach(({ offset, bytes }, i) => {
    if (i + 1 < blocks.length && offset + bytes.length > blocks[i + 1].offset) throw overlap();
  });
  return blocks;
}

const overlap = () => new UserError("weights of the model overlap", "write it again with `engram quantize`");

/** Blocks of 4 rows × 4 columns; docs/container.md says how one lies. */
function pairs(bytes: Uint8Array, rows: number, columns: number): Uint8Array {
  const weights = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = (row: number, column: number) => (row < rows && column < columns ? weights[row * columns + column] : 0);
  const out = new Int16Array(matrixBytes(kinds.int8Pairs[0], rows, columns) / 2);
  let next = 0;
  for (let row = 0; row < rows; row += 4) {
    for (let column = 0; column < columns; column += 4) {
      for (const [r, c] of block) out[next++] = 256 * at(row + r + 1, column + c) + at(row + r, column + c);
    }
  }
  return new Uint8Array(out.buffer);
}
/** Even row and column of each of a block's eight numbers. */
const block = [
  ...([
    [0, 0],
    [0, 1],
    [2, 0],
    [2, 1],
  ] as const),
  ...([
    [0, 2],
    [0, 3],
    [2, 2],
    [2, 3],
  ] as const),
] as const;

/** Points everything that names an offset in the file to where it lies now. */
function move(
  { layers, sections }: Model,
  parts: Map<SectionTag, Uint8Array>,
  placed: Map<SectionTag, number>,
  moved: (offset: number) => number,
): void {
  const shift = (tag: SectionTag) => placed.get(tag)! - sections.get(tag)!.offset;
  const site = parts.get("SITE")!;
  const siteAt = sections.get("SITE")!.offset;
  layers.forEach(({ records, recordsAt, initial }, i) => {
    const at = layersHead.bytes + i * layerEntry.bytes;
    const values = layerEntry.read(parts.get("LAYR")!, at);
    layerEntry.write(parts.get("LAYR")!, at, {
      ...values,
      records: recordsAt + shift("SITE"),
      initial: initial && moved(initial),
    });
    records.forEach(({ role, offset, constants }, h) => {
      const recordAt = recordsAt - siteAt + h * record.bytes;
      const old = record.read(site, recordAt);
      record.write(site, recordAt, {
        ...old,
        kind: role === "matrix" && old.kind === kinds.int8[0] ? kinds.int8Pairs[0] : old.kind,
        offset: role === "matrix" || role === "vector" ? moved(offset) : offset,
        constants: constants && moved(constants),
      });
    });
  });
  const code = parts.get("CODE")!;
  for (let i = 0; i < codeHead.read(code).count; i++) {
    const at = codeHead.bytes + i * codeEntry.bytes;
    const entry = codeEntry.read(code, at);
    codeEntry.write(code, at, { ...entry, offset: entry.offset + shift("CODE") });
  }
}
