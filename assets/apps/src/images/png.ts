import { crc32 } from 'node:zlib';
import { Problem } from '../kit/problem.js';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
// Signature, then the first chunk: length, type, 13 bytes, checksum.
const headerLength = 8 + 4 + 4 + 13 + 4;
const largestSide = 8_192;

/** Bits per sample that each colour type allows (PNG specification, 11.2.1). */
const depths: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/**
 * Looks at the signature and the header of a picture.
 * @throws Problem 400 when it is no PNG, or one of more than 8192 pixels a side
 */
export function expectPng(bytes: Buffer): void {
  if (bytes.length < headerLength || !bytes.subarray(0, 8).equals(signature))
    throw new Problem(400, 'This is not a PNG');
  const chunk = bytes.subarray(12, headerLength - 4);
  const isHeader = bytes.readUInt32BE(8) === 13 && chunk.toString('latin1', 0, 4) === 'IHDR';
  const width = chunk.readUInt32BE(4);
  const height = chunk.readUInt32BE(8);
  const depth = chunk.readUInt8(12);
  const colour = chunk.readUInt8(13);
  const isWhole = isHeader && crc32(chunk) === bytes.readUInt32BE(headerLength - 4);
  if (!isWhole || width === 0 || height === 0 || depths[colour]?.includes(depth) !== true) {
    throw new Problem(400, 'The header of this PNG is broken');
  }
  if (width > largestSide || height > largestSide) {
    const size = `${String(width)} x ${String(height)}`;
    throw new Problem(400, `The picture has ${size} pixels, more than ${String(largestSide)} a side`);
  }
}
