import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeGraph } from '../../../src/ui/graph/write.js';
import { temporaryFolder } from '../../toolchain/fixture.js';

describe('writing a graph to a file', () => {
  it('makes the folders and ends the file with a line break', async () => {
    const file = join(await temporaryFolder(), 'docs', 'graphs', 'shop.svg');
    await writeGraph(file, '<svg/>');
    expect(await readFile(file, 'utf8')).toBe('<svg/>\n');
  });

  it('replaces the graph that was there', async () => {
    const file = join(await temporaryFolder(), 'shop.svg');
    await writeFile(file, 'a longer graph of yesterday');
    await writeGraph(file, '<svg/>');
    expect(await readFile(file, 'utf8')).toBe('<svg/>\n');
  });

  it('refuses a folder and a device', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'docs'));
    const refusal = (path: string) => ({
      code: 'usage',
      message: `the graph cannot be written to ${path}: it is not a file`,
    });
    await expect(writeGraph(join(folder, 'docs'), '')).rejects.toMatchObject(refusal(join(folder, 'docs')));
    await expect(writeGraph('/dev/null', '')).rejects.toMatchObject(refusal('/dev/null'));
  });

  it('says what is wrong with a path', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await expect(writeGraph(join(folder, 'file', 'graph.svg'), '')).rejects.toMatchObject({ code: 'usage' });
    await expect(writeGraph(join(folder, 'x'.repeat(300)), '')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('ENAMETOOLONG') as unknown,
    });
  });
});
