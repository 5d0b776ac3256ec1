import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readIgnoredFiles } from '../../src/images/ignored-files.js';
import { folderWith } from '../environment/fixture.js';

async function ignored(text: string) {
  const context = await folderWith({ '.dockerignore': text });
  return readIgnoredFiles(context, join(context, 'Dockerfile'));
}

describe('what .dockerignore leaves out', () => {
  it.each([
    ['node_modules', 'node_modules/x/index.js', true],
    ['node_modules', 'src/node_modules/x.js', false],
    ['**/node_modules', 'src/node_modules/x.js', true],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['*.MD', 'README.md', false],
    ['/dist/', 'dist/main.js', true],
    ['# dist\r\n\r\nbuild\r\n', 'build/main.js', true],
    ['\uFEFFdist', 'dist/main.js', true],
    ['*\n!src', 'src/main.js', false],
    ['*\n!src', 'README.md', true],
    ['docs\n!docs/kept.md', 'docs/kept.md', false],
    ['!docs/kept.md\ndocs', 'docs/kept.md', true],
  ])('%j for %s: %s', async (text, path, isIgnored) => {
    expect((await ignored(text)).ignores(path)).toBe(isIgnored);
  });

  it('is nothing without the file', async () => {
    const context = await folderWith({});
    expect((await readIgnoredFiles(context, join(context, 'Dockerfile'))).ignores('a')).toBe(false);
  });
});

describe('folders that nobody has to look into', () => {
  it.each([
    ['node_modules', 'node_modules', true],
    ['node_modules', 'src', false],
    ['node_modules\n!node_modules/kept/**', 'node_modules', false],
    ['node_modules\n!node_modules/kept/**', 'node_modules/other', true],
    ['*\n!src/api', 'src', false],
    ['*\n!src/api', 'src/web', true],
    ['*\n!src/api', 'docs', true],
    ['*\n!src', 'src/deep', false],
    ['*\n!**/*.js', 'docs', false],
    ['*\n!/src/', 'src', false],
  ])('%j: %s is %s', async (text, folder, isDone) => {
    expect((await ignored(text)).ignoresAllBelow(folder)).toBe(isDone);
  });
});
