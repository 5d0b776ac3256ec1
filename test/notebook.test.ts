import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createNotebook } from '../src/notebook.js';
import { temporaryFolder } from './toolchain/fixture.js';

describe('a notebook', () => {
  it('keeps facts that are learned at the same time, for a later reader', async () => {
    const file = join(await temporaryFolder(), 'notes.json');
    const notebook = createNotebook(file, z.number());
    await Promise.all(['a', 'b', 'c'].map((key, index) => notebook.set(key, index)));
    const later = createNotebook(file, z.number());
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => later.get(key)))).toEqual([0, 1, 2, undefined]);
  });

  it('starts anew where the file is broken or an entry has another shape', async () => {
    const file = join(await temporaryFolder(), 'notes.json');
    await writeFile(file, '{"a": ');
    const notebook = createNotebook(file, z.number());
    expect(await notebook.get('a')).toBeUndefined();
    await writeFile(file, '{"a": "text", "b": 2}');
    expect(await notebook.get('a')).toBeUndefined();
    expect(await notebook.get('b')).toBe(2);
  });
});
