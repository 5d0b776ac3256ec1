import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChartReference } from '../../../src/environment/environment.js';
import { fileDigest } from '../../../src/releases/charts/chart-digest.js';
import { mirrored } from '../../../src/releases/charts/chart-mirror.js';
import { errorOf, folderWith } from '../../environment/fixture.js';

const metrics: ChartReference = {
  ...{ from: 'repository', repository: 'https://charts.example.org', name: 'metrics', version: '1.2.0' },
};
const manager: ChartReference = { from: 'oci', reference: 'oci://quay.io/charts/manager', version: 'v1.2.0' };

const chartYaml = (name: string, version: string) => `apiVersion: v2\nname: ${name}\nversion: ${version}\n`;

/** A folder of charts, unpacked or packed by their file's name. */
async function mirrorWith(charts: Readonly<Record<string, string>>): Promise<string> {
  const folder = await folderWith({});
  for (const [entry, metadata] of Object.entries(charts)) {
    if (!entry.endsWith('.tgz')) await pack(metadata, folder, entry);
    else {
      const work = await folderWith({ 'chart/Chart.yaml': metadata });
      execFileSync('tar', ['-czf', join(folder, entry), '-C', work, 'chart']);
    }
  }
  return folder;
}

async function pack(metadata: string, folder: string, entry: string): Promise<void> {
  const work = await folderWith({ 'Chart.yaml': metadata });
  await mkdir(join(folder, entry));
  execFileSync('cp', [join(work, 'Chart.yaml'), join(folder, entry)]);
}

describe('a folder that stands in for chart repositories', () => {
  it.each([
    ['metrics-1.2.0.tgz', metrics, 'metrics'],
    ['metrics-1.2.0', metrics, 'metrics'],
    ['metrics', metrics, 'metrics'],
    ['manager', manager, 'manager'],
  ])('has a chart as %s', async (entry, reference, name) => {
    const version = 'version' in reference ? reference.version : '';
    const folder = await mirrorWith({ [entry]: chartYaml(name, version) });
    expect(await mirrored(reference, folder)).toEqual({ from: 'folder', path: join(folder, entry) });
  });

  it('prefers the archive, then the folder that names the version', async () => {
    const charts = { metrics: chartYaml('metrics', '1.2.0'), 'metrics-1.2.0': chartYaml('metrics', '1.2.0') };
    expect(await mirrored(metrics, await mirrorWith(charts))).toMatchObject({
      path: expect.stringMatching(/metrics-1\.2\.0$/) as string,
    });
    const all = { ...charts, 'metrics-1.2.0.tgz': chartYaml('metrics', '1.2.0') };
    expect(await mirrored(metrics, await mirrorWith(all))).toMatchObject({
      path: expect.stringMatching(/\.tgz$/) as string,
    });
  });

  it('names the versions that it has where it has others, and what to do', async () => {
    const folder = await mirrorWith({
      metrics: chartYaml('metrics', '1.1.0'),
      'metrics-1.0.0.tgz': chartYaml('metrics', '1.0.0'),
      'metrics-server-2.0.0.tgz': chartYaml('metrics-server', '2.0.0'),
    });
    const error = await errorOf(mirrored(metrics, folder));
    expect(error).toMatchObject({
      code: 'conflict',
      message: `${folder} has metrics in 1.0.0, 1.1.0 only, wanted is 1.2.0`,
      suggestions: [
        'put metrics-1.2.0.tgz there: helm pull metrics --repo https://charts.example.org --version 1.2.0',
        'or take that one, under the release in platform.yaml: chart: { repository: https://charts.example.org, name: metrics, version: 1.0.0 }',
        'or take that one, under the release in platform.yaml: chart: { repository: https://charts.example.org, name: metrics, version: 1.1.0 }',
      ],
    });
  });

  it('says that it does not have a chart at all', async () => {
    const folder = await folderWith({ 'manager-notes.md': '', 'manager/values.yaml': '' });
    const error = await errorOf(mirrored(manager, folder));
    expect(error.message).toBe(`${folder} has no chart manager, wanted is v1.2.0`);
    expect(error.suggestions).toEqual([
      'put manager-v1.2.0.tgz there: helm pull oci://quay.io/charts/manager --version v1.2.0',
    ]);
  });

  it('takes a known archive only as its publisher has it', async () => {
    const folder = await mirrorWith({ 'metrics-1.2.0.tgz': chartYaml('metrics', '1.2.0') });
    const path = join(folder, 'metrics-1.2.0.tgz');
    const digest = await fileDigest(path);

    expect(await mirrored({ ...metrics, digest }, folder)).toEqual({ from: 'folder', path });
    const error = await errorOf(mirrored({ ...metrics, digest: `sha256:${'0'.repeat(64)}` }, folder));
    expect(error).toMatchObject({ code: 'conflict', message: `${path} is not the archive that its publisher has` });
  });

  it('is told when it is not there', async () => {
    const error = await errorOf(mirrored(metrics, '/nowhere/charts'));
    expect(error).toMatchObject({ code: 'usage', message: 'there is no folder of charts /nowhere/charts' });
  });
});

describe('an OCI path that stands in for chart repositories', () => {
  it('has each chart under its name, in the same version and with the same digest', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(await mirrored({ ...metrics, digest }, 'oci://registry.corp/mirror/')).toEqual({
      ...{ from: 'oci', reference: 'oci://registry.corp/mirror/metrics', version: '1.2.0', digest },
    });
    expect(await mirrored(manager, 'oci://registry.corp/mirror')).toEqual({
      ...{ from: 'oci', reference: 'oci://registry.corp/mirror/manager', version: 'v1.2.0' },
    });
  });
});

describe('charts that are on this machine already', () => {
  it.each<ChartReference>([
    { from: 'folder', path: '/charts/own' },
    { from: 'bundled', name: 'service', path: '/assets/charts/service' },
  ])('stay where they are: $from', async (reference) => {
    expect(await mirrored(reference, '/nowhere')).toEqual(reference);
  });
});
