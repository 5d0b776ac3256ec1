import { describe, expect, it } from 'vitest';
import type { ChartReference, Release } from '../../../src/environment/environment.js';
import { folderDigest } from '../../../src/releases/charts/chart-digest.js';
import {
  checkLockCovers,
  enforcedDigests,
  lockedDigests,
  lockedReference,
} from '../../../src/releases/lock/lock-coverage.js';
import type { Lock, LockedRelease } from '../../../src/releases/lock/lock-file.js';
import { errorOf, folderWith } from '../../environment/fixture.js';
import { catalogueEntry, release } from '../release.js';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

function lockOf(releases: Record<string, Partial<LockedRelease>>): Lock {
  const whole = { name: '', version: '1.2.3', digest: digest('a'), helm: '*', uses: [], images: [] };
  const entries = Object.entries(releases).map(([name, more]) => [
    name,
    { ...whole, chart: `https://charts.example.org/${name} 1.2.3`, ...more },
  ]);
  return {
    apiVersion: 'platform/v1alpha1',
    kind: 'Lock',
    releases: Object.fromEntries(entries) as Record<string, LockedRelease>,
  };
}

const environment = (releases: readonly Release[], file = '/shop/platform.yaml') => ({ file, releases });

describe('a lock that covers its environment', () => {
  it('holds every release with its chart; it may hold more', async () => {
    const lock = lockOf({ web: {}, api: {}, old: {} });
    await expect(checkLockCovers(lock, environment([release('web'), release('api')]))).resolves.toBeUndefined();
  });

  it('is not asked for where there is none, or no file it could stand beside', async () => {
    await checkLockCovers(undefined, environment([release('web')]));
    await checkLockCovers(lockOf({}), { file: undefined, releases: [release('web')] });
  });

  it('holds a folder as it is now', async () => {
    const folder = await folderWith({ 'charts/portal/Chart.yaml': 'name: portal' });
    const path = `${folder}/charts/portal`;
    const portal = release('portal', { chart: { from: 'folder', path } });
    const lock = lockOf({ portal: { chart: './charts/portal', digest: await folderDigest(path) } });
    await checkLockCovers(lock, environment([portal], `${folder}/platform.yaml`));
  });
});

describe('a lock that is behind its environment', () => {
  it('is a conflict that lists every release at once, and says what to do', async () => {
    const folder = await folderWith({ 'charts/portal/Chart.yaml': 'name: portal' });
    const portal = release('portal', { chart: { from: 'folder', path: `${folder}/charts/portal` } });
    const gone = release('gone', { chart: { from: 'folder', path: `${folder}/charts/gone` } });
    const raised = release('raised', { chart: { ...release('raised').chart, version: '2.0.0' } as ChartReference });
    const pinned = release('pinned', { chart: { ...release('pinned').chart, digest: digest('b') } as ChartReference });
    const lock = lockOf({
      raised: {},
      pinned: {},
      portal: { chart: './charts/portal' },
      gone: { chart: './charts/gone' },
    });
    const releases = [release('new'), raised, pinned, portal, gone];
    const error = await errorOf(checkLockCovers(lock, environment(releases, `${folder}/platform.yaml`)));
    expect(error).toMatchObject({
      code: 'conflict',
      message: 'platform.lock is not up to date with platform.yaml: run platform lock',
      suggestions: ['platform lock'],
      facts: { releases: releases.map(({ name }) => ({ release: name, reason: expect.any(String) as string })) },
    });
    expect(error.output?.split('\n')).toEqual([
      'new: it is not locked yet',
      'raised: its chart is https://charts.example.org/raised 2.0.0, locked is https://charts.example.org/raised 1.2.3',
      `pinned: the catalogue has the archive ${digest('b')}, locked is ${digest('a')}`,
      `portal: the files of its chart ${folder}/charts/portal are not the locked ones`,
      `gone: there is no chart folder ${folder}/charts/gone`,
    ]);
  });

  it('is one whose definitions come from another chart', async () => {
    const chart = { repository: 'https://charts.example.org', name: 'web-crds', version: '1.0.0' };
    const resources = [{ group: 'x.io', kind: 'X', plural: 'xs', scope: 'Cluster', versions: ['v1'] }];
    const web = release('web', { catalogue: catalogueEntry('web', { crds: { from: 'switch', chart, resources } }) });
    const crds = { chart: 'https://charts.example.org/web-crds 1.0.0', archive: digest('c'), digest: '', names: [] };
    await checkLockCovers(lockOf({ web: { crds } }), environment([web]));
    const error = await errorOf(checkLockCovers(lockOf({ web: {} }), environment([web])));
    expect(error.output).toBe('web: its definitions come from https://charts.example.org/web-crds 1.0.0 now');
    expect([...lockedDigests(lockOf({ web: { crds } }), environment([web]))]).toEqual([
      ['https://charts.example.org/web 1.2.3', digest('a')],
      ['https://charts.example.org/web-crds 1.0.0', digest('c')],
    ]);
  });

  it('names the parts that were asked for, without which locking again would not help', async () => {
    const asked = { ...environment([release('web')]), askedParts: ['logging', 'tracing'] };
    const { suggestions } = await errorOf(checkLockCovers(lockOf({}), asked));
    expect(suggestions).toEqual(['platform lock --with logging,tracing']);
  });

  it('names the lock of a file of another name', async () => {
    const error = await errorOf(checkLockCovers(lockOf({}), environment([release('web')], '/shop/staging.yaml')));
    expect(error.message).toBe(
      'staging.lock is not up to date with staging.yaml: run platform lock --file /shop/staging.yaml',
    );
  });
});

describe('the digests that a lock holds its environment to', () => {
  const raised = release('raised', { chart: { ...release('raised').chart, version: '2.0.0' } as ChartReference });

  it('are those of downloaded charts, where they are the locked ones', () => {
    const portal = release('portal', { chart: { from: 'folder', path: '/shop/portal' } });
    const lock = lockOf({ web: {}, raised: {}, portal: { chart: './portal' } });
    expect([...lockedDigests(lock, environment([release('web'), raised, portal, release('new')]))]).toEqual([
      ['https://charts.example.org/web 1.2.3', digest('a')],
    ]);
    expect(lockedDigests(undefined, environment([release('web')])).size).toBe(0);
  });

  it('are those of folders, too, for who installs', async () => {
    const folder = await folderWith({ 'portal/Chart.yaml': 'name: portal' });
    const path = `${folder}/portal`;
    const portal = release('portal', { chart: { from: 'folder', path } });
    const locked = await folderDigest(path);
    const lock = lockOf({ web: {}, portal: { chart: './portal', digest: locked } });
    const wanted = environment([release('web'), portal], `${folder}/platform.yaml`);
    expect([...(await enforcedDigests(lock, wanted))]).toEqual([
      ['https://charts.example.org/web 1.2.3', digest('a')],
      [path, locked],
    ]);
    await expect(enforcedDigests(lock, environment([raised]))).rejects.toMatchObject({ code: 'conflict' });
    expect((await enforcedDigests(undefined, wanted)).size).toBe(0);
  });
});

describe('a chart in a lock', () => {
  it.each<[ChartReference, string]>([
    [{ from: 'bundled', name: 'service', path: '/x/service' }, 'service'],
    [{ from: 'folder', path: '/shop/charts/portal' }, './charts/portal'],
    [{ from: 'folder', path: '/elsewhere/portal' }, '../elsewhere/portal'],
    [{ from: 'folder', path: '/shop/.charts/portal' }, './.charts/portal'],
    [{ from: 'oci', reference: 'oci://quay.io/web', version: '1.0.0' }, 'oci://quay.io/web 1.0.0'],
  ])('%o is %s, wherever the checkout is', (chart, words) => {
    expect(lockedReference(chart, '/shop/platform.yaml')).toBe(words);
  });
});
