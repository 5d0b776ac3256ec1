import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChartReference } from '../../../src/environment/environment.js';
import { PlatformError } from '../../../src/errors.js';
import type { Reachability } from '../../../src/reachability.js';
import { createCharts, describeChart, hostOf, type Charts } from '../../../src/releases/charts/charts.js';
import { catalogueEntry, release } from '../release.js';

let folder = '';
let now = 0;
/** What the chart's publisher has now. */
let archive = '';
let pulls: string[][] = [];
let answer: Reachability;
let asked: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-charts-'));
  now = Date.parse('2026-11-20T10:00:00Z');
  archive = 'the chart';
  pulls = [];
  asked = [];
  answer = { reachable: true };
});
afterEach(() => rm(folder, { recursive: true }));

const context = { signal: new AbortController().signal, progress: () => undefined };

/** Digests that a lock file holds, by the words for a chart. */
type Locked = Readonly<Record<string, string>>;

interface Given {
  readonly standInsAllowed?: boolean;
  readonly locked?: Locked;
  readonly mirror?: string;
}

function charts({ standInsAllowed = false, locked = {}, mirror }: Given = {}): Charts {
  return createCharts({
    mirror,
    locked: new Map(Object.entries(locked)),
    folder: join(folder, 'charts'),
    helm: {
      async pull(chart, destination) {
        pulls.push([...chart]);
        await writeFile(join(destination, 'web-1.2.3.tgz'), archive);
      },
    },
    network: {
      reachable(url) {
        asked.push(url);
        return Promise.resolve(answer);
      },
    },
    clock: { now: () => now, sleep: () => Promise.resolve() },
    standInsAllowed,
  });
}

const web = release('web');
const known = release('web', {
  catalogue: catalogueEntry('web', { objects: { deployments: { web: { image: 'web:1' } } } }),
});

const digestOf = (content: string) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe('a public chart', () => {
  it('is not here at first, and looking for it asks nobody', async () => {
    expect(await charts().find(web)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('is pulled once, and found by later runs', async () => {
    const pulled = await charts().fetch(web, context);
    expect(pulled.standIn).toBe(false);
    expect(await readFile(pulled.path, 'utf8')).toBe('the chart');
    expect(await charts().find(web)).toEqual(pulled);
    expect(pulls).toEqual([['web', '--repo', 'https://charts.example.org', '--version', '1.2.3']]);
  });

  it('is pulled by its reference where it is in a registry', async () => {
    const oci = release('web', { chart: { from: 'oci', reference: 'oci://quay.io/charts/web', version: '1.2.3' } });
    await charts().fetch(oci, context);
    expect(pulls).toEqual([['oci://quay.io/charts/web', '--version', '1.2.3']]);
    expect(asked).toEqual(['https://quay.io/v2/']);
  });

  it('is another one in another version', async () => {
    await charts().fetch(web, context);
    const newer = release('web', { chart: { ...web.chart, version: '1.3.0' } as ChartReference });
    expect(await charts().find(newer)).toBeUndefined();
  });

  it('is fetched again when its file was cut short', async () => {
    const { path, digest } = await charts().fetch(web, context);
    await writeFile(path, 'the ch');
    expect(await charts().find(web)).toBeUndefined();
    expect(await charts().fetch(web, context)).toEqual({ path, digest, standIn: false });
    expect(await readFile(path, 'utf8')).toBe('the chart');
  });

  it('is fetched again when its file is gone', async () => {
    const { path } = await charts().fetch(web, context);
    await rm(path);
    expect(await charts().find(web)).toBeUndefined();
    await charts().fetch(web, context);
    expect(await readFile(path, 'utf8')).toBe('the chart');
  });

  it('is refused when its publisher changed the archive of the same version', async () => {
    const { path } = await charts().fetch(web, context);
    await rm(path);
    archive = 'something else';
    const again = charts().fetch(web, context);
    await expect(again).rejects.toMatchObject({
      code: 'tool',
      message: 'the archive of https://charts.example.org/web 1.2.3 is not the one it was',
      facts: { known: expect.stringMatching(/^sha256:/) as string, found: expect.stringMatching(/^sha256:/) as string },
    });
    expect(await charts().find(web)).toBeUndefined();
    expect(await filesBelow(folder)).toEqual(['chart.json']);
  });

  it('leaves nothing behind when pulling it fails', async () => {
    const failing = createCharts({
      folder,
      helm: { pull: () => Promise.reject(new PlatformError('tool', 'helm failed with exit code 1')) },
      network: { reachable: () => Promise.resolve(answer) },
      clock: { now: () => now, sleep: () => Promise.resolve() },
      standInsAllowed: true,
    });
    await expect(failing.fetch(known, context)).rejects.toThrow('helm failed with exit code 1');
    expect(await filesBelow(folder)).toEqual([]);
  });
});

describe('a public chart that is locked', () => {
  const reference = 'https://charts.example.org/web 1.2.3';
  const locked = { [reference]: digestOf('the chart') };

  it('is pulled and found as it is locked', async () => {
    const pulled = await charts({ locked }).fetch(web, context);
    expect(pulled.digest).toBe(digestOf('the chart'));
    expect(await charts({ locked }).find(web)).toEqual(pulled);
  });

  it('is refused when its publisher has another archive, with both digests and what to do', async () => {
    archive = 'something else';
    await expect(charts({ locked }).fetch(web, context)).rejects.toMatchObject({
      code: 'conflict',
      message: `the archive of ${reference} is not the locked one`,
      output: `known ${digestOf('the chart')}\nfound ${digestOf('something else')}`,
      suggestions: ['find out why its publisher changed it', 'to accept it: platform lock --update web'],
    });
    expect(await filesBelow(folder)).toEqual([]);
  });

  it('counts as not here where only another archive of it is', async () => {
    archive = 'something else';
    await charts().fetch(web, context);
    expect(await charts({ locked }).find(web)).toBeUndefined();
    archive = 'the chart';
    expect((await charts({ locked }).fetch(web, context)).digest).toBe(digestOf('the chart'));
    expect((await charts().find(web))?.digest).toBe(digestOf('something else'));
  });

  it('is one archive beside another for who locked that', async () => {
    const other = { [reference]: digestOf('something else') };
    await charts({ locked }).fetch(web, context);
    archive = 'something else';
    await charts({ locked: other }).fetch(web, context);
    expect(await readFile((await charts({ locked }).find(web))?.path ?? '', 'utf8')).toBe('the chart');
    expect(await readFile((await charts({ locked: other }).find(web))?.path ?? '', 'utf8')).toBe('something else');
  });

  it('is taken anew, and only then, where its publisher is asked again', async () => {
    await charts().fetch(web, context);
    archive = 'something else';
    expect((await charts().fetch(web, context)).digest).toBe(digestOf('the chart'));
    expect((await charts().refetch(web, context)).digest).toBe(digestOf('something else'));
    expect((await charts().find(web))?.digest).toBe(digestOf('something else'));
    expect(await charts().archived(reference, digestOf('the chart'))).toMatch(/web-1\.2\.3\.tgz$/);
  });

  it('is no stand-in when its publisher is asked again and does not answer', async () => {
    answer = { reachable: false, reason: 'gone' };
    const asking = charts({ standInsAllowed: true }).refetch(known, context);
    await expect(asking).rejects.toMatchObject({ code: 'prerequisite' });
  });
});

describe('a public chart whose archive the catalogue knows', () => {
  const pinned = release('web', { chart: { ...web.chart, digest: digestOf('the chart') } as ChartReference });

  it('is pulled as it is known', async () => {
    const pulled = await charts().fetch(pinned, context);
    expect(await charts().find(pinned)).toEqual(pulled);
  });

  it.each(['fetch', 'refetch'] as const)('is refused when it is another one: %s', async (way) => {
    archive = 'something else';
    await expect(charts()[way](pinned, context)).rejects.toMatchObject({
      code: 'tool',
      message: 'the archive of https://charts.example.org/web 1.2.3 is not the one this version knows',
      facts: { known: digestOf('the chart'), found: digestOf('something else') },
    });
  });

  it('is not the one that was pulled before it was known', async () => {
    archive = 'something else';
    await charts().fetch(web, context);
    expect(await charts().find(pinned)).toBeUndefined();
  });
});

describe('a public chart of two releases', () => {
  it('is pulled once, also at the same time', async () => {
    const one = charts();
    const [a, b] = await Promise.all(
      [web, release('shop', { chart: web.chart })].map((each) => one.fetch(each, context)),
    );
    expect(a).toEqual(b);
    expect(pulls).toHaveLength(1);
  });
});

describe('a public chart whose host does not answer', () => {
  beforeEach(() => {
    answer = { reachable: false, reason: 'charts.example.org did not answer within 5.0s' };
  });

  it('is an error that names the host and what to do', async () => {
    await expect(charts().fetch(known, context)).rejects.toMatchObject({
      code: 'prerequisite',
      message: 'the chart of web cannot be downloaded: charts.example.org did not answer within 5.0s',
      suggestions: [expect.stringContaining('https://charts.example.org') as string],
    });
    expect(pulls).toEqual([]);
  });

  it('is stood in for where that is allowed', async () => {
    const standIn = await charts({ standInsAllowed: true }).fetch(known, context);
    expect(standIn.standIn).toBe(true);
    expect(await readFile(join(standIn.path, 'Chart.yaml'), 'utf8')).toContain('version: 1.2.3');
    expect((await filesBelow(standIn.path)).sort()).toEqual([
      'Chart.yaml',
      'NOTES.txt',
      'values.yaml',
      'web-deployment.yaml',
    ]);
  });

  it('cannot be stood in for where nothing is known of it', async () => {
    await expect(charts({ standInsAllowed: true }).fetch(web, context)).rejects.toMatchObject({ code: 'prerequisite' });
  });

  it('is stood in for by later runs too, without asking again', async () => {
    const standIn = await charts({ standInsAllowed: true }).fetch(known, context);
    now += 14 * 60_000;
    expect(await charts({ standInsAllowed: true }).find(known)).toEqual(standIn);
    expect(asked).toHaveLength(1);
  });

  it('is asked for again after a while', async () => {
    await charts({ standInsAllowed: true }).fetch(known, context);
    now += 15 * 60_000;
    expect(await charts({ standInsAllowed: true }).find(known)).toBeUndefined();
    answer = { reachable: true };
    expect((await charts({ standInsAllowed: true }).fetch(known, context)).standIn).toBe(false);
    expect((await charts({ standInsAllowed: true }).find(known))?.standIn).toBe(false);
  });

  it('is not stood in for by the decision of another provider’s run', async () => {
    await charts({ standInsAllowed: true }).fetch(known, context);
    expect(await charts().find(known)).toBeUndefined();
  });

  it('is used all the same when it is here', async () => {
    answer = { reachable: true };
    const real = await charts().fetch(known, context);
    answer = { reachable: false, reason: 'gone' };
    expect(await charts({ standInsAllowed: true }).find(known)).toEqual(real);
  });

  it('is stood in for once where two runs do it at the same time', async () => {
    const both = await Promise.all([1, 2].map(() => charts({ standInsAllowed: true }).fetch(known, context)));
    expect(both[0]).toEqual(both[1]);
    expect(await readdir(join(folder, 'charts', 'stand-ins'))).toHaveLength(1);
  });
});

describe('a chart in a folder', () => {
  it('is used where it is, as it is now', async () => {
    const path = join(folder, 'mine');
    await mkdir(path);
    await writeFile(join(path, 'Chart.yaml'), 'name: mine');
    const mine = release('mine', { chart: { from: 'folder', path } });
    const before = await charts().find(mine);
    expect(before).toMatchObject({ path, standIn: false });
    await writeFile(join(path, 'Chart.yaml'), 'name: yours');
    expect((await charts().find(mine))?.digest).not.toBe(before?.digest);
    expect(asked).toEqual([]);
  });

  it('is refused when it is not the locked one', async () => {
    const path = join(folder, 'mine');
    await mkdir(path);
    await writeFile(join(path, 'Chart.yaml'), 'name: mine');
    const mine = release('mine', { chart: { from: 'folder', path } });
    const { digest = '' } = (await charts().find(mine)) ?? {};
    expect((await charts({ locked: { [path]: digest } }).find(mine))?.digest).toBe(digest);
    await writeFile(join(path, 'Chart.yaml'), 'name: yours');
    await expect(charts({ locked: { [path]: digest } }).find(mine)).rejects.toMatchObject({
      code: 'conflict',
      message: `the chart folder ${path} of mine is not the locked one`,
      suggestions: ['platform lock'],
    });
  });

  it('is a usage error when there is none', async () => {
    const mine = release('mine', { chart: { from: 'folder', path: join(folder, 'none') } });
    for (const ask of [() => charts().find(mine), () => charts().fetch(mine, context)]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'usage',
        message: `there is no chart folder ${join(folder, 'none')}`,
      });
    }
  });

  it('is a usage error when it is no folder', async () => {
    await writeFile(join(folder, 'chart.tgz'), '');
    const mine = release('mine', { chart: { from: 'folder', path: join(folder, 'chart.tgz') } });
    await expect(charts().find(mine)).rejects.toMatchObject({
      code: 'usage',
      message: `there is no chart folder ${join(folder, 'chart.tgz')}`,
    });
  });
});

describe('a public chart whose place a folder takes', () => {
  let mirror = '';
  beforeEach(async () => {
    mirror = join(folder, 'mirror');
    await mkdir(mirror);
  });

  const putArchive = (content = 'the chart') => writeFile(join(mirror, 'web-1.2.3.tgz'), content);
  async function putFolder(version = '1.2.3'): Promise<string> {
    await mkdir(join(mirror, 'web'));
    await writeFile(join(mirror, 'web', 'Chart.yaml'), `apiVersion: v2\nname: web\nversion: ${version}\n`);
    return join(mirror, 'web');
  }
  /** The three ways to get a chart. */
  const ways = (one: Charts) => [() => one.find(web), () => one.fetch(web, context), () => one.refetch(web, context)];
  const all = (one: Charts) => Promise.all(ways(one).map((ask) => ask()));
  const words = 'https://charts.example.org/web 1.2.3';

  it('is the archive there, and its publisher is not asked', async () => {
    await putArchive();
    const there = { path: join(mirror, 'web-1.2.3.tgz'), digest: digestOf('the chart'), standIn: false };
    expect(await all(charts({ mirror }))).toEqual([there, there, there]);
    expect([asked, pulls]).toEqual([[], []]);
  });

  it('is the unpacked chart there, as it is now', async () => {
    const path = await putFolder();
    const found = await all(charts({ mirror }));
    expect(found).toEqual([found[0], found[0], found[0]]);
    expect(found[0]).toMatchObject({ path, standIn: false });
    await writeFile(join(path, 'values.yaml'), 'replicas: 2');
    expect((await charts({ mirror }).find(web))?.digest).not.toBe(found[0]?.digest);
    expect([asked, pulls]).toEqual([[], []]);
  });

  it('is not found in another version, and who wants it is told; nothing stands in for it', async () => {
    await putFolder('1.0.0');
    const mirrored = charts({ mirror, standInsAllowed: true });
    expect(await mirrored.find(known)).toBeUndefined();
    for (const ask of [() => mirrored.fetch(known, context), () => mirrored.refetch(known, context)]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'conflict',
        message: `${mirror} has web in 1.0.0 only, wanted is 1.2.3`,
      });
    }
    expect([asked, pulls]).toEqual([[], []]);
  });

  it('is not found where there is no such folder, and who wants it is told', async () => {
    const mirrored = charts({ mirror: join(folder, 'none') });
    expect(await mirrored.find(web)).toBeUndefined();
    await expect(mirrored.fetch(web, context)).rejects.toMatchObject({ code: 'usage' });
  });

  it('is not what was pulled before', async () => {
    const pulled = await charts().fetch(web, context);
    await putArchive('another chart');
    expect((await charts({ mirror }).find(web))?.path).not.toBe(pulled.path);
  });

  it('is the locked archive or is refused', async () => {
    await putArchive('another chart');
    const right = charts({ mirror, locked: { [words]: digestOf('another chart') } });
    expect((await right.fetch(web, context)).digest).toBe(digestOf('another chart'));
    const wrong = charts({ mirror, locked: { [words]: digestOf('the chart') } });
    for (const ask of ways(wrong)) {
      await expect(ask()).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('of web is not the locked one') as string,
      });
    }
  });

  it('is taken unpacked where its archive is locked: the two cannot be compared', async () => {
    const path = await putFolder();
    const locked = charts({ mirror, locked: { [words]: digestOf('the chart') } });
    expect(await locked.fetch(web, context)).toMatchObject({ path });
  });

  it('does not take the place of charts that are on this machine', async () => {
    const path = join(folder, 'mine');
    await mkdir(path);
    await writeFile(join(path, 'Chart.yaml'), 'name: mine');
    const mine = release('mine', { chart: { from: 'folder', path } });
    expect(await charts({ mirror }).fetch(mine, context)).toMatchObject({ path });
    const { digest = '' } = (await charts().find(mine)) ?? {};
    await writeFile(join(path, 'Chart.yaml'), 'name: yours');
    await expect(charts({ mirror, locked: { [path]: digest } }).find(mine)).rejects.toMatchObject({
      message: `the chart folder ${path} of mine is not the locked one`,
    });
  });
});

describe('a public chart whose place a registry takes', () => {
  const mirror = 'oci://registry.corp/charts';

  it('is pulled from there, once', async () => {
    const pulled = await charts({ mirror }).fetch(web, context);
    expect(pulls).toEqual([['oci://registry.corp/charts/web', '--version', '1.2.3']]);
    expect(asked).toEqual(['https://registry.corp/v2/']);
    expect(await charts({ mirror }).find(web)).toEqual(pulled);
  });

  it('is the locked one or is refused, as from its publisher', async () => {
    const lockedTo = (content: string) => ({ 'https://charts.example.org/web 1.2.3': digestOf(content) });
    const wrong = charts({ mirror, locked: lockedTo('another chart') });
    await expect(wrong.fetch(web, context)).rejects.toMatchObject({ code: 'conflict' });
    const right = charts({ mirror, locked: lockedTo('the chart') });
    expect(await right.find(web)).toBeUndefined();
    expect((await right.fetch(web, context)).digest).toBe(digestOf('the chart'));
    expect(await right.find(web)).toBeDefined();
    expect(await wrong.find(web)).toBeUndefined();
  });
});

describe('the words for a chart', () => {
  it.each<[ChartReference, string]>([
    [{ from: 'bundled', name: 'service', path: '/x/service' }, 'service'],
    [{ from: 'folder', path: '/home/me/chart' }, '/home/me/chart'],
    [{ from: 'repository', repository: 'https://x.org/', name: 'web', version: '1.0.0' }, 'https://x.org/web 1.0.0'],
    [{ from: 'oci', reference: 'oci://quay.io/web', version: '1.0.0' }, 'oci://quay.io/web 1.0.0'],
  ])('%o are %s', (chart, words) => {
    expect(describeChart(chart)).toBe(words);
  });

  it('name the host it comes from', () => {
    expect(hostOf({ from: 'oci', reference: 'oci://quay.io:5000/x/web', version: '1' })).toBe(
      'https://quay.io:5000/v2/',
    );
  });
});
