import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument, type Scalar } from 'yaml';
import { ambiguity, reportAmbiguous } from '../../src/environment/ambiguous.js';
import { bundledLibrary } from '../../src/environment/library.js';
import type { Problem } from '../../src/environment/problems.js';
import { readSource } from '../../src/environment/source.js';

const allowedFor = (text: string) => ambiguity(parseDocument(text).contents as Scalar)?.allowed;

describe('values that Helm would read in another way', () => {
  it.each([
    ['yes', 'true or "yes"'],
    ['Y', 'true or "Y"'],
    ['ON', 'true or "ON"'],
    ['n', 'false or "n"'],
    ['Off', 'false or "Off"'],
    ['0644', '420 or "0644"'],
    ['-010', '-8 or "-010"'],
    ['1_000', '1000 or "1_000"'],
    ['0b101', '5 or "0b101"'],
    ['9007199254740993', '"9007199254740993"'],
    ['.nan', '".nan"'],
  ])('%s has to be %s', (text, allowed) => {
    expect(allowedFor(text)).toBe(allowed);
  });

  it.each([
    'true',
    'False',
    '"yes"',
    "'0644'",
    '0',
    '07',
    '08',
    '0o644',
    '0x1F',
    '1e3',
    '1.10',
    '-5',
    'oN',
    'yes please',
    '~',
  ])('leaves %s alone', (text) => {
    expect(allowedFor(text)).toBeUndefined();
  });

  it('are in none of the bundled values', async () => {
    const { catalogue } = bundledLibrary();
    const files = (await readdir(catalogue, { recursive: true })).filter((file) => file.endsWith('.yaml'));
    const problems: Problem[] = [];
    const report = (problem: Problem) => problems.push(problem);
    for (const file of files) {
      const source = await readSource(join(catalogue, file), file, report);
      if (source) reportAmbiguous(source, () => true, report);
    }
    expect(files.length).toBeGreaterThan(10);
    expect(problems).toEqual([]);
  });
});
