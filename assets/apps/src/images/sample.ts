import { crc32, deflateSync } from 'node:zlib';

// Small enough that a load drill moves the processor and not the network.
const side = 128;

/** A real picture for load drills: a gradient of 128 x 128 pixels, the same bytes each time. */
export function samplePng(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // 8 bits for each of red, green and blue.
  header.writeUInt8(8, 8);
  header.writeUInt8(2, 9);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels())),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Rows of pixels, each after a byte that says it is not filtered. */
function pixels(): Buffer {
  const row = 1 + side * 3;
  const bytes = Buffer.alloc(row * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = y * row + 1 + x * 3;
      bytes[at] = Math.floor((x * 255) / side);
      bytes[at + 1] = Math.floor((y * 255) / side);
      bytes[at + 2] = Math.floor(((x + y) * 127) / side);
    }
  }
  return bytes;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
