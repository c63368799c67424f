// DfuSe files are read back as they were written, and damaged ones are refused.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dfuseFile, readDfuse } from "../../host/boards/dfuse.ts";

const segments = [
  { address: 0x08000000, bytes: Uint8Array.of(1, 2, 3, 4, 5) },
  { address: 0x08040000, bytes: Uint8Array.from({ length: 300 }, (_, i) => i) },
];
const file = dfuseFile(segments, "two segments");

test("a DfuSe file has the segments that were written", () => {
  assert.equal(readDfuse(file, "it"), segments);
});

test("its fields are where UM0391 and USB's DFU 1.1 want them", () => {
  const view = new DataView(file.buffer);
  const end = file.length - 16;
  assert.is(view.getUint32(6, true), end, "length without suffix");
  assert.is(view.getUint32(11 + 266, true), 8 + 5 + 8 + 300, "length of the target");
  assert.is(view.getUint32(11 + 270, true), 2, "segments");
  const suffix = [...file.subarray(end, end + 12)];
  assert.equal(suffix, [0xff, 0xff, 0x11, 0xdf, 0x83, 0x04, 0x1a, 0x01, ...Buffer.from("UFD"), 16]);
  // A CRC-32 that is not inverted at the end leaves 0 when it runs over itself.
  let crc = 0xffffffff;
  for (const byte of file) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  assert.is(crc >>> 0, 0);
});

test("a DfuSe file with a byte changed or missing, or of another kind, is refused", () => {
  for (const at of [0, 6, 12, 300, file.length - 20, file.length - 1]) {
    const damaged = file.slice();
    damaged[at] ^= 1;
    assert.throws(() => readDfuse(damaged, "it"), /^it is (damaged|no DfuSe file)/);
  }
  assert.throws(() => readDfuse(file.subarray(0, -1), "it"), "it is no DfuSe file");
  assert.throws(() => readDfuse(new Uint8Array(400), "it"), "it is no DfuSe file");
});

test.run();
