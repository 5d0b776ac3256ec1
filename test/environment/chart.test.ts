import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chartOf } from '../../src/environment/chart.js';
import { folderWith, library } from './fixture.js';

const chart = (content: Parameters<typeof chartOf>[0], folder = '/nowhere') =>
  chartOf(content, { folder, bundled: ['service'], library });

describe('the chart of a release', () => {
  it('is a bundled one by its name', async () => {
    const path = join(library.charts, 'service');
    expect(await chart('service')).toEqual({ chart: { from: 'bundled', name: 'service', path }, name: 'service' });
  });

  it('is a folder relative to the file, named by its Chart.yaml', async () => {
    const folder = await folderWith({ 'charts/x/Chart.yaml': 'name: portal\nversion: 1.0.0\n' });
    const expected = { chart: { from: 'folder', path: join(folder, 'charts/x') }, name: 'portal' };
    expect(await chart('./charts/x', folder)).toEqual(expected);
    expect(await chart('../charts/x', join(folder, 'below'))).toEqual(expected);
    expect(await chart(join(folder, 'charts/x'))).toEqual(expected);
  });

  it('is no folder whose Chart.yaml is broken or has no name', async () => {
    const folder = await folderWith({ 'a/Chart.yaml': 'name: [', 'b/Chart.yaml': 'version: 1.0.0' });
    expect(await chart('./a', folder)).toMatchObject({ message: `there is no readable Chart.yaml in ${folder}/a` });
    expect(await chart('./b', folder)).toMatchObject({ message: `${folder}/b/Chart.yaml gives the chart no name` });
  });

  it.each([
    ['oci://r.example/charts/x:1.2.3', 'oci://r.example/charts/x', '1.2.3'],
    ['oci://localhost:5001/x:v1.0.0-rc.1', 'oci://localhost:5001/x', 'v1.0.0-rc.1'],
    ['oci://r.example/x:1.2.3+build', 'oci://r.example/x', '1.2.3+build'],
  ])('is in an OCI registry: %s', async (content, reference, version) => {
    expect(await chart(content)).toEqual({ chart: { from: 'oci', reference, version }, name: 'x' });
  });

  it.each(['oci://r.example/x', 'oci://localhost:5001/x', 'oci://r.example/x:', 'oci://r.example'])(
    'is not in an OCI registry without a version: %s',
    async (content) => {
      expect(await chart(content)).toMatchObject({ message: `${content} gives no version` });
    },
  );

  it('is in a repository, which for Helm may be an OCI registry, too', async () => {
    const inRepository = { repository: 'https://charts.example', name: 'x', version: '1.0.0' };
    expect(await chart(inRepository)).toEqual({ chart: { from: 'repository', ...inRepository }, name: 'x' });
    expect(await chart({ ...inRepository, repository: 'oci://r.example/charts/' })).toEqual({
      chart: { from: 'oci', reference: 'oci://r.example/charts/x', version: '1.0.0' },
      name: 'x',
    });
  });
});
