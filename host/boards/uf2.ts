// UF2, which boot ROMs take as a file on a drive: blocks of 512 bytes that say where 256 belong. Format: github.com/microsoft/uf2.

const [blockBytes, payloadBytes] = [512, 256];
const [magicBegin, magicSecond, magicEnd] = [0x0a324655, 0x9e5d5157, 0x0ab16f30];
const hasFamily = 0x2000;

/**
 * The file for an image.
 * @param address of its first byte, a multiple of 256; the last block is filled with zeros
 * @param family the chip's id, which a drive of another chip refuses
 */
export function uf2(image: Uint8Array, address: number, family: number): Uint8Array {
  const blocks = Math.ceil(image.length / payloadBytes);
  const file = new Uint8Array(blocks * blockBytes);
  const view = new DataView(file.buffer);
  for (let i = 0; i < blocks; i++) {
    const at = i * blockBytes;
    const head = [magicBegin, magicSecond, hasFamily, address + i * payloadBytes, payloadBytes, i, blocks, family];
    for (const [k, word] of head.entries()) view.setUint32(at + 4 * k, word, true);
    file.set(image.subarray(i * payloadBytes, (i + 1) * payloadBytes), at + 32);
    view.setUint32(at + blockBytes - 4, magicEnd, true);
  }
  return file;
}
