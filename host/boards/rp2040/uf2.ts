// UF2, the file that a Pico in its boot loader takes as a USB drive: blocks of 512 bytes, each with its address (Microsoft,
// "USB Flashing Format (UF2)", github.com/microsoft/uf2).
const blockBytes = 512;
const payloadBytes = 256;
const [first, second, last] = [0x0a324655, 0x9e5d5157, 0x0ab16f30];
const familyFlag = 0x2000;
/** RP2040 in the list of families. */
export const rp2040Family = 0xe48bff56;

/**
 * @param address of the image's first byte
 * @param family id of the chip, which others refuse
 */
export function uf2(image: Uint8Array, address: number, family: number): Uint8Array {
  const blocks = Math.ceil(image.length / payloadBytes);
  const file = new Uint8Array(blocks * blockBytes);
  for (let block = 0; block < blocks; block++) {
    const view = new DataView(file.buffer, block * blockBytes, blockBytes);
    const at = block * payloadBytes;
    const head = [first, second, familyFlag, address + at, payloadBytes, block, blocks, family];
    for (const [i, word] of head.entries()) view.setUint32(4 * i, word, true);
    file.set(image.subarray(at, at + payloadBytes), block * blockBytes + 4 * head.length);
    view.setUint32(blockBytes - 4, last, true);
  }
  return file;
}
