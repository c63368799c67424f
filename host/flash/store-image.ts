// A board's flash for models with one in it, as firmware/core/store.c leaves it after a first update: docs/store.md.
import { crc32 } from "node:zlib";
import type { Segment } from "../boards/intel-hex.ts";
import { header } from "../spec/container.ts";
import { commitRecord, store } from "../spec/store.ts";

export type KeptFlash = { address: number; bytes: number; eraseBytes: number; writeBytes: number };

/**
 * The model in slot 0, on trial, under commit number 1. Of the rest only what would count instead is there, erased: both pages of
 * the journal and the other slot's record.
 * @param model a file that fits the slot
 */
export function storeImage(model: Uint8Array, { address, bytes, eraseBytes, writeBytes }: KeptFlash): Segment[] {
  const units = (length: number): number => Math.ceil(length / writeBytes) * writeBytes;
  const journalBytes = 2 * eraseBytes;
  const stride = Math.floor((bytes - journalBytes) / 2 / eraseBytes) * eraseBytes;
  const cells = units(commitRecord.bytes) + 2 * writeBytes;
  const record = new Uint8Array(commitRecord.bytes);
  const values = { magic: store.recordMagic, number: 1, length: model.length, model: header.read(model).crc };
  commitRecord.write(record, 0, { ...values, crc: 0 });
  const crcAt = commitRecord.offset("crc");
  commitRecord.write(record, 0, { ...values, crc: crc32(record.subarray(0, crcAt)) });

  const lastUnit = Math.floor((stride - cells) / eraseBytes) * eraseBytes;
  const end = new Uint8Array(stride - lastUnit).fill(0xff);
  end.set(record, stride - cells - lastUnit);
  if (model.length > lastUnit) end.set(model.subarray(lastUnit));
  const data = new Uint8Array(Math.min(units(model.length), lastUnit)).fill(0xff);
  data.set(model.subarray(0, data.length));
  const slot = address + journalBytes;
  return [
    { address, bytes: new Uint8Array(journalBytes).fill(0xff) },
    { address: slot, bytes: data },
    { address: slot + lastUnit, bytes: end },
    { address: slot + stride + lastUnit, bytes: new Uint8Array(stride - lastUnit).fill(0xff) },
  ];
}

/** The longest model file that a slot takes. */
export function slotBytes({ bytes, eraseBytes, writeBytes }: KeptFlash): number {
  const stride = Math.floor((bytes - 2 * eraseBytes) / 2 / eraseBytes) * eraseBytes;
  return stride - Math.ceil(commitRecord.bytes / writeBytes) * writeBytes - 2 * writeBytes;
}
