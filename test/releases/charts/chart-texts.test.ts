import { mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { filesBelow, readChartTexts } from '../../../src/releases/charts/chart-texts.js';
import { errorOf } from '../../environment/fixture.js';
import { chartArchive, chartFolder, chartYaml } from '../chart-folder.js';

const files = {
  'values.yaml': 'replicas: 1\n',
  'values.schema.json': '{}',
  'templates/deployment.yaml': 'kind: Deployment\n',
  'templates/values.yaml': 'not: these\n',
  'charts/cache/Chart.yaml': chartYaml('cache'),
  'charts/cache/values.yaml': 'size: 1\n',
  'charts/cache/charts/lib/Chart.yaml': chartYaml('lib'),
  'charts/README.md': 'no chart\n',
};
const told = [
  ...['Chart.yaml', 'charts/cache/Chart.yaml', 'charts/cache/charts/lib/Chart.yaml', 'charts/cache/values.yaml'],
  ...['values.schema.json', 'values.yaml'],
];

describe('the files of a chart', () => {
  it('are those that tell about it and its subcharts, in a folder', async () => {
    const found = await readChartTexts(await chartFolder('shop', files));
    expect([...found.keys()].sort()).toEqual(told);
    expect(found.get('charts/cache/values.yaml')).toBe('size: 1\n');
  });

  it('are the same in an archive', async () => {
    const found = await readChartTexts(await chartArchive('shop', files));
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(await readChartTexts(await chartFolder('shop', files))),
    );
  });

  it.each([
    ['a folder', chartFolder],
    ['an archive', chartArchive],
  ])('include those of subcharts that are still packed, in %s', async (_, make) => {
    // given a subchart that itself holds a packed one
    const inner = await readFile(await chartArchive('lib', { 'values.yaml': 'inner: true\n' }));
    const outer = await readFile(
      await chartArchive('cache', { 'values.yaml': 'size: 1\n', 'charts/lib-1.2.3.tgz': inner }),
    );

    const found = await readChartTexts(await make('shop', { 'charts/cache-1.2.3.tgz': outer }));

    expect([...found.keys()].sort()).toEqual([
      ...['Chart.yaml', 'charts/cache-1.2.3/Chart.yaml', 'charts/cache-1.2.3/charts/lib-1.2.3/Chart.yaml'],
      ...['charts/cache-1.2.3/charts/lib-1.2.3/values.yaml', 'charts/cache-1.2.3/values.yaml'],
    ]);
  });

  it('are found through links, as Helm finds them', async () => {
    const cache = await chartFolder('cache', { 'values.yaml': 'size: 1\n' });
    const folder = await chartFolder('shop', {});
    await mkdir(join(folder, 'charts'));
    await symlink(cache, join(folder, 'charts', 'cache'));
    expect([...(await readChartTexts(folder)).keys()]).toContain('charts/cache/values.yaml');
  });

  it('are read without a byte order mark', async () => {
    const found = await readChartTexts(await chartFolder('shop', { 'values.yaml': '\uFEFFa: 1\n' }));
    expect(found.get('values.yaml')).toBe('a: 1\n');
  });
});

describe('what is no chart', () => {
  it('is told by its path when there is nothing', async () => {
    const { code, message } = await errorOf(readChartTexts('/nowhere/chart'));
    expect({ code, message }).toEqual({ code: 'usage', message: 'there is no chart /nowhere/chart' });
  });

  it('is told by its path when it has no Chart.yaml', async () => {
    const folder = dirname(await chartFolder('shop', {}));
    expect((await errorOf(readChartTexts(folder))).message).toBe(`${folder} is not a chart: it has no Chart.yaml`);
  });

  it('is an archive that was cut short', async () => {
    const archive = await chartArchive('shop', { 'values.yaml': '# text\n'.repeat(10_000) });
    await truncate(archive, 200);
    const { code, message } = await errorOf(readChartTexts(archive));
    expect({ code, message }).toEqual({ code: 'tool', message: `${archive} cannot be read as a chart archive` });
  });

  it('is an archive whose content was cut short before it was packed', async () => {
    const archive = join(await chartFolder('shop', {}), 'cut.tgz');
    await writeFile(archive, gzipSync(Buffer.alloc(700, 'a')));
    expect((await errorOf(readChartTexts(archive))).code).toBe('tool');
  });

  it('is an archive that unpacks to more than Helm would take', async () => {
    const archive = join(await chartFolder('shop', {}), 'large.tgz');
    await writeFile(archive, gzipSync(Buffer.alloc(101 * 1024 ** 2), { level: 1 }));
    expect((await errorOf(readChartTexts(archive))).code).toBe('tool');
  });

  it('is a broken archive among the subcharts, and is named with its place', async () => {
    const folder = await chartFolder('shop', { 'charts/cache-1.2.3.tgz': 'nothing' });
    expect((await errorOf(readChartTexts(folder))).message).toContain(`${folder}: charts/cache-1.2.3.tgz`);
  });
});

it('lists the files of a folder, sorted, hidden ones included', async () => {
  const folder = await chartFolder('shop', { '.helmignore': '', 'b/c': '', a: '' });
  expect(await filesBelow(folder)).toEqual(['.helmignore', 'Chart.yaml', 'a', 'b/c']);
});
