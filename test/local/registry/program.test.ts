import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { endingProgram } from '../../../src/local/registry/program.js';
import { systemProcesses } from '../../../src/process.js';

const own = ({ x64: 'amd64', arm64: 'arm64' } as const)[process.arch as 'x64' | 'arm64'] as
  'amd64' | 'arm64' | undefined;

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

describe('the program of a probe', () => {
  it.runIf(process.platform === 'linux' && own)('ends at once, successfully', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'platform-program-'));
    folders.push(folder);
    const file = join(folder, 'end');
    await writeFile(file, endingProgram(own ?? 'amd64'), { mode: 0o755 });
    expect(await systemProcesses().run(file, [])).toEqual({ stdout: '', stderr: '', exitCode: 0 });
  });

  it.each([
    ['amd64', 62, '31ffb83c0000000f05'],
    ['arm64', 183, '000080d2a80b80d2010000d4'],
  ] as const)('for %s is one segment, whose code is where it starts', (architecture, machine, code) => {
    const program = endingProgram(architecture);
    expect(program.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
    expect(program.readUInt16LE(18)).toBe(machine);
    const start = Number(program.readBigUInt64LE(24) - program.readBigUInt64LE(64 + 16));
    expect(program.subarray(start).toString('hex')).toBe(code);
    expect(program.readBigUInt64LE(64 + 32)).toBe(BigInt(program.length));
  });
});
