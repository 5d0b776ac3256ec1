import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import { followFile, tailOf } from '../src/tail.js';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-tail-'));
  file = join(folder, 'component.log');
});
afterEach(() => rm(folder, { recursive: true }));

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${String(index + 1)}`);

describe('the tail of a file', () => {
  it('is its last lines', async () => {
    await writeFile(file, 'a\nb\nc\n');
    expect(await tailOf(file, 2)).toEqual({ lines: ['b', 'c'], end: 6 });
  });

  it('is all of it when it has no more lines', async () => {
    await writeFile(file, 'a\nb\n');
    expect((await tailOf(file, 10)).lines).toEqual(['a', 'b']);
  });

  it('has the last line also when nothing ends it, and empty lines', async () => {
    await writeFile(file, 'a\n\nb');
    expect((await tailOf(file, 2)).lines).toEqual(['', 'b']);
  });

  it('reaches over as many pieces as it takes', async () => {
    const lines = numbered(40_000);
    await writeFile(file, `${lines.join('\n')}\n`);
    expect((await tailOf(file, 20_000)).lines).toEqual(lines.slice(-20_000));
  });

  it('has its first line whole, wherever the pieces are cut', async () => {
    // The last 64 KiB begin in the middle of the first of these lines.
    const lines = [...Array.from({ length: 1024 }, () => 'x'.repeat(63)), 'y'.repeat(31)];
    await writeFile(file, `earlier\n${lines.join('\n')}\n`);
    expect((await tailOf(file, 1025)).lines).toEqual(lines);
  });

  it('is nothing of an empty file, or when nothing is asked for', async () => {
    await writeFile(file, '');
    expect((await tailOf(file, 5)).lines).toEqual([]);
    await writeFile(file, 'a\n');
    expect((await tailOf(file, 0)).lines).toEqual([]);
  });
});

describe('following a file', () => {
  it('gives each whole line that is added, until it is told to end', async () => {
    await writeFile(file, 'old\n');
    const ending = new AbortController();
    const lines: string[] = [];
    const following = followFile(
      file,
      4,
      (line) => {
        lines.push(line);
        if (line === 'last') ending.abort();
      },
      { clock: systemClock, signal: ending.signal },
    );
    const added = Buffer.from('first\nhalf ü\nlast\n');
    const cut = added.indexOf(0xc3) + 1;
    await appendFile(file, added.subarray(0, cut));
    await expect.poll(() => lines).toEqual(['first']);
    await appendFile(file, added.subarray(cut));
    await following;

    expect(lines).toEqual(['first', 'half ü', 'last']);
  });

  it('begins anew when the file does', async () => {
    await writeFile(file, 'a long line of an earlier run\n');
    const ending = new AbortController();
    const lines: string[] = [];
    const following = followFile(
      file,
      30,
      (line) => {
        lines.push(line);
        ending.abort();
      },
      { clock: systemClock, signal: ending.signal },
    );
    await writeFile(file, 'new\n');
    await following;

    expect(lines).toEqual(['new']);
  });
});
