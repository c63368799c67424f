// The safetensors container (huggingface.co/docs/safetensors): named tensors and a text map, in one file.
//   u64 length of the header, little-endian | JSON header: name → dtype, shape, data_offsets | data
// The float side uses 32-bit floats only. Little-endian machines are assumed, as everywhere in this project's host.
import { UserError } from "../spec/user-error.ts";

export type Tensor = { shape: number[]; values: Float32Array };
export type Safetensors = { metadata: Record<string, string>; tensors: Map<string, Tensor> };

const headerLimit = 1 << 24;
const hint = "give a .model file that `engram train` wrote";

/** The bytes of a file; tensors lie in the order of the map. */
export function encodeSafetensors({ metadata, tensors }: Safetensors): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = (text.length + 7) & ~7; // data begins at a multiple of 8; spaces may follow the JSON
  const bytes = new Uint8Array(8 + padded + end).fill(0x20, 8, 8 + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(text, 8);
  let at = 8 + padded;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/**
 * Reads the bytes of a file.
 * @param name what errors call it
 * @throws UserError if it is no safetensors file, is damaged, or holds anything but 32-bit floats
 */
export function decodeSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Number.NaN;
  if (!(length >= 2 && length <= headerLimit)) throw new UserError(`${name} is no model file`, hint);
  if (8 + length > bytes.length) throw new UserError(`${name} ends within its header`, "copy or train it again");
  const header = parseHeader(bytes.subarray(8, 8 + length), name);
  const metadata = header.__metadata__ ?? {};
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    throw new UserError(`${name} has metadata that is no text`, hint);
  }
  const tensors = new Map<string, Tensor>();
  let end = 0;
  for (const [tensor, entry] of Object.entries(header)) {
    if (tensor === "__metadata__") continue;
    const { shape, from, to } = checkEntry(entry, `${name}: tensor ${tensor}`);
    if (from !== end) throw new UserError(`${name}: tensor ${tensor} begins at ${from}, not at ${end}`, hint);
    if (8 + length + to > bytes.length)
      throw new UserError(`${name} ends within tensor ${tensor}`, "copy or train it again");
    end = to;
    const data = Uint8Array.from(bytes.subarray(8 + length + from, 8 + length + to)); // a copy, so aligned
    tensors.set(tensor, { shape, values: new Float32Array(data.buffer) });
  }
  if (8 + length + end !== bytes.length) throw new UserError(`${name} has bytes after its last tensor`, hint);
  return { metadata: metadata as Record<string, string>, tensors };
}

function parseHeader(bytes: Uint8Array, name: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isRecord(header)) return header;
  } catch {}
  throw new UserError(`${name} is no model file: its header is not JSON`, hint);
}

function checkEntry(entry: unknown, what: string): { shape: number[]; from: number; to: number } {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (dtype !== "F32") throw new UserError(`${what} has the type ${String(dtype)}, not F32`, hint);
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(isCount)) throw new UserError(`${what} has no valid shape`, hint);
  const elements = shape.reduce((a: number, b: number) => a * b, 1);
  const [from, to] = Array.isArray(offsets) && offsets.length === 2 && offsets.every(isCount) ? offsets : [0, -1];
  if (to - from !== elements * 4) throw new UserError(`${what} has offsets that do not fit its shape`, hint);
  return { shape, from, to };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
