/** Processors that nodes here can have, in the words of OCI images. */
export type Architecture = 'amd64' | 'arm64';

/** Numbers of the ELF format. */
const machines: Readonly<Record<Architecture, number>> = { amd64: 62, arm64: 183 };

/** `exit(0)` in Linux' system calls. */
const instructions: Readonly<Record<Architecture, readonly number[]>> = {
  // xor edi, edi; mov eax, 60; syscall
  amd64: [0x31, 0xff, 0xb8, 0x3c, 0x00, 0x00, 0x00, 0x0f, 0x05],
  // mov x0, #0; mov x8, #93; svc #0
  arm64: [0x00, 0x00, 0x80, 0xd2, 0xa8, 0x0b, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4],
};

const headerBytes = 64;
const segmentBytes = 56;
const baseAddress = 0x400000n;
/** The largest pages that a Linux kernel for either processor has. */
const pageBytes = 0x10000n;

/**
 * The smallest program there is: an ELF executable of some 130 bytes that ends at once, successfully. An image of
 * nothing else needs no base image and no compiler.
 */
export function endingProgram(architecture: Architecture): Buffer {
  const code = Buffer.from(instructions[architecture]);
  const start = headerBytes + segmentBytes;
  const size = BigInt(start + code.length);

  const header = Buffer.alloc(headerBytes);
  header.write('\x7fELF', 'latin1');
  // 64 bits, little endian, version 1.
  header.set([2, 1, 1], 4);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(machines[architecture], 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(baseAddress + BigInt(start), 24);
  header.writeBigUInt64LE(BigInt(headerBytes), 32);
  header.writeUInt16LE(headerBytes, 52);
  header.writeUInt16LE(segmentBytes, 54);
  header.writeUInt16LE(1, 56);

  const segment = Buffer.alloc(segmentBytes);
  // To be loaded; readable and executable.
  segment.writeUInt32LE(1, 0);
  segment.writeUInt32LE(5, 4);
  segment.writeBigUInt64LE(baseAddress, 16);
  segment.writeBigUInt64LE(baseAddress, 24);
  segment.writeBigUInt64LE(size, 32);
  segment.writeBigUInt64LE(size, 40);
  segment.writeBigUInt64LE(pageBytes, 48);

  return Buffer.concat([header, segment, code]);
}
