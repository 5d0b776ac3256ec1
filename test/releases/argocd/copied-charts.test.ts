import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copiedCharts } from '../../../src/releases/argocd/copied-charts.js';
import { errorOf } from '../../environment/fixture.js';
import { chartFolder } from '../chart-folder.js';
import { release } from '../release.js';

const from = (name: string, path: string) => release(name, { chart: { from: 'folder', path } });

describe('charts in an export', () => {
  it('are those of this machine, each once, binary files and all', async () => {
    const path = await chartFolder('service', { 'templates/a.yaml': 'a', 'files/logo.png': Buffer.from([0, 255]) });
    const { folders, files } = await copiedCharts([from('web', path), from('api', path), release('db')], '/out');
    expect(Object.fromEntries(folders)).toEqual({ api: 'charts/service', web: 'charts/service' });
    expect([...files.keys()]).toEqual([
      ...['charts/service/Chart.yaml', 'charts/service/files/logo.png', 'charts/service/templates/a.yaml'],
    ]);
    expect(Buffer.from(files.get('charts/service/files/logo.png') ?? '')).toEqual(Buffer.from([0, 255]));
  });

  it('of one name are kept apart, the same way each time', async () => {
    const [one, other] = [await chartFolder('service', {}), await chartFolder('service', {})];
    const expected = { api: 'charts/service', web: 'charts/service-of-web' };
    for (const releases of [
      [from('web', one), from('api', other)],
      [from('api', other), from('web', one)],
    ]) {
      expect(Object.fromEntries((await copiedCharts(releases, '/out')).folders)).toEqual(expected);
    }
  });

  it('come without the repository they lie in', async () => {
    const path = await chartFolder('service', { '.git/config': 'secret', '.gitignore': 'x' });
    const { files } = await copiedCharts([from('web', path)], '/out');
    expect([...files.keys()]).toEqual(['charts/service/.gitignore', 'charts/service/Chart.yaml']);
  });

  it('are never copied into themselves', async () => {
    const path = await chartFolder('service', {});
    for (const out of [path, join(path, 'deploy')]) {
      const { message } = await errorOf(copiedCharts([from('web', path)], out));
      expect(message).toBe(`${out} is in the chart of web, which would then be copied into itself`);
    }
    await copiedCharts([from('web', path)], `${path}-export`);
  });
});
