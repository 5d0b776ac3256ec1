import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Path, Problem } from '../../src/environment/problems.js';
import { readOptionalSource, readSource } from '../../src/environment/source.js';
import { errorOf, folderWith } from './fixture.js';

async function read(content: string | Uint8Array) {
  const problems: Problem[] = [];
  const folder = await folderWith({ 'a.yaml': content });
  const source = await readSource(join(folder, 'a.yaml'), 'a.yaml', (problem) => problems.push(problem));
  return { source, problems };
}

const placeOf = async (content: string, path: Path, part: 'key' | 'value' = 'value') => {
  const { source } = await read(content);
  const problem = source?.problem(path, part, { message: 'wrong' });
  return problem && [problem.line, problem.column, problem.excerpt?.split('\n').at(-1)?.trim()];
};

describe('reading a YAML file', () => {
  it('tolerates a byte order mark', async () => {
    const { source, problems } = await read(Buffer.from('\ufeffa: 1\nb: é\n'));
    expect([source?.value, problems]).toEqual([{ a: 1, b: 'é' }, []]);
    expect(source?.problem(['a'], 'key', { message: 'wrong' })).toMatchObject({ line: 1, column: 1 });
  });

  it('tolerates line ends of Windows, and counts lines and columns all the same', async () => {
    const { source, problems } = await read('a: 1\r\nb:\r\n  c: x\r\n');
    expect([source?.value, problems]).toEqual([{ a: 1, b: { c: 'x' } }, []]);
    expect(source?.problem(['b', 'c'], 'value', { message: 'wrong' })).toEqual({
      ...{ file: 'a.yaml', line: 3, column: 6, path: 'b.c', message: 'wrong' },
      excerpt: '    3 │   c: x\n      │      ^',
    });
  });

  it('tolerates document marks around the only document', async () => {
    for (const content of ['---\na: 1\n---\n', '---\na: 1\n...\n']) {
      const { source, problems } = await read(content);
      expect([source?.value, problems]).toEqual([{ a: 1 }, []]);
    }
    expect((await read('---\n')).problems).toMatchObject([{ message: 'the file is empty' }]);
  });

  it('names the first line that is not UTF-8', async () => {
    const { source, problems } = await read(Buffer.from([0x61, 0x3a, 0x0a, 0x62, 0x3a, 0xff, 0x0a]));
    expect(source).toBeUndefined();
    expect(problems).toMatchObject([{ line: 2, message: 'the text is not UTF-8' }]);
  });

  it('refuses UTF-16', async () => {
    const { problems } = await read(Buffer.from('\ufeffa: 1\n', 'utf16le'));
    expect(problems).toMatchObject([{ line: 1, message: 'the text is not UTF-8' }]);
  });

  it('goes on after a duplicate key, but not after broken syntax', async () => {
    expect((await read('a: 1\na: 2\n')).source?.value).toEqual({ a: 2 });
    expect((await read('a: [\n')).source).toBeUndefined();
  });

  it('refuses keys that are no text', async () => {
    expect((await read('? [a]\n: b\n')).problems).toMatchObject([
      { line: 1, column: 3, message: 'with stringKeys, all keys must be strings' },
    ]);
  });

  it('is nothing for a file that may be absent, and is', async () => {
    const folder = await folderWith({});
    expect(await readOptionalSource(join(folder, 'a.yaml'), 'a.yaml', () => undefined)).toBeUndefined();
  });

  it('fails for a file that may be absent, but is a folder', async () => {
    const folder = await folderWith({ 'a.yaml/b': '' });
    const error = await errorOf(readOptionalSource(join(folder, 'a.yaml'), 'a.yaml', () => undefined));
    expect(error.message).toBe('a.yaml is a folder, not a file');
  });
});

describe('the place of a path', () => {
  const content = 'a: &a { x: 1, y: [p, q] }\nb: *a\nc:\n  <<: *a\n  z: 3\nd:\n  <<: [*a, { w: 4 }]\n';

  it.each<[string, Path, 'key' | 'value', number, number]>([
    ['a value', ['a', 'x'], 'value', 1, 12],
    ['a key', ['a', 'x'], 'key', 1, 9],
    ['an item', ['a', 'y', 1], 'value', 1, 22],
    ['what an alias repeats', ['b', 'x'], 'value', 1, 12],
    ['a key beside a merge', ['c', 'z'], 'value', 5, 6],
    ['what a merge key brings', ['c', 'y', 0], 'value', 1, 19],
    ['what one of several merged maps brings', ['d', 'w'], 'value', 7, 17],
  ])('is that of %s', async (_, path, part, line, column) => {
    expect((await placeOf(content, path, part))?.slice(0, 2)).toEqual([line, column]);
  });

  it('is the last key that exists for what is missing', async () => {
    expect(await placeOf('a:\n  b: { c: 1 }\n', ['a', 'b', 'nothing', 'more'])).toEqual([2, 3, '│   ^']);
    expect(await placeOf('a: 1\n', ['nothing'])).toEqual([1, 1, '│ ^']);
  });

  it('is that of the key whose value is left out', async () => {
    expect((await placeOf('a:\nb: 1\n', ['a'], 'key'))?.slice(0, 2)).toEqual([1, 1]);
  });
});

describe('the text of a value', () => {
  it('is as it is written, not as it is read', async () => {
    const { source } = await read('a: 1.30\nb: 007\n');
    expect([source?.written(['a']), source?.written(['b'])]).toEqual(['1.30', '007']);
  });
});
