import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { systemClock } from '../../src/clock.js';
import type { Release } from '../../src/environment/environment.js';
import { createCharts, type Charts } from '../../src/releases/charts/charts.js';
import { createStyle } from '../../src/ui/style.js';
import { valuesText } from '../../src/ui/values-text.js';
import { values } from '../../src/usecases/values.js';
import { errorOf } from '../environment/fixture.js';
import { chartFolder } from '../releases/chart-folder.js';
import { catalogueEntry, release } from '../releases/release.js';

/** What is on this machine; stand-ins are allowed, as on a simulated cluster. */
async function chartsHere(): Promise<Charts> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-values-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return createCharts({
    folder,
    helm: { pull: () => Promise.reject(new Error('nothing is downloaded here')) },
    network: { reachable: () => Promise.resolve({ reachable: false, reason: 'it is dead' }) },
    clock: systemClock,
    standInsAllowed: true,
  });
}

const layers = [
  { origin: 'helm-values/shop/values.yaml', values: { replicas: 1, args: ['a', 'b'], limits: { cpu: 1, memory: 2 } } },
  { origin: 'platform.yaml', values: { args: ['c'], limits: null, password: 'hunter2', db: { secret: 'pg/pw' } } },
  { origin: '--set', values: { replicas: 3, tpye: 'x' } },
];

const schema = JSON.stringify({
  properties: { replicas: {}, type: {}, args: {}, limits: {}, password: {}, db: {}, more: {} },
  additionalProperties: false,
});
const defaults = 'replicas: 0\ntype: web\nlimits: { cpu: 5, disk: 1 }\nmore: { a: 1 }\n';

const local = async (files: Record<string, string>): Promise<Release> =>
  release('shop', { values: layers, chart: { from: 'folder', path: await chartFolder('shop', files) } });
const environment = (...releases: readonly Release[]) => ({ name: 'demo', releases });

describe('the values of a release', () => {
  it('are the merged layers, each with its origin, secrets masked, null kept', async () => {
    const shop = await local({ 'values.yaml': defaults, 'values.schema.json': schema });

    const result = await values(environment(shop), 'shop', { defaults: false }, await chartsHere());

    expect(result).toEqual({
      release: 'shop',
      namespace: 'shop',
      chart: 'path' in shop.chart && shop.chart.path,
      values: {
        ...{ replicas: 3, args: ['c'], limits: null, password: '***', tpye: 'x' },
        db: { secret: 'pg/pw' },
      },
      origins: {
        ...{ replicas: '--set', args: 'platform.yaml', limits: 'platform.yaml', password: 'platform.yaml' },
        ...{ 'db.secret': 'platform.yaml', tpye: '--set' },
      },
      unknown: [{ path: 'tpye', origin: '--set', refused: true, suggestion: 'type' }],
    });
  });

  it("have the chart's own below everything when they are asked for", async () => {
    const shop = await local({ 'values.yaml': defaults, 'values.schema.json': schema });

    const result = await values(environment(shop), 'shop', { defaults: true }, await chartsHere());

    expect(result.values).toMatchObject({ replicas: 3, type: 'web', limits: null, more: { a: 1 } });
    expect(result.origins).toMatchObject({
      type: 'chart',
      'more.a': 'chart',
      replicas: '--set',
      limits: 'platform.yaml',
    });
    // What the chart itself has is not looked at for mistakes.
    expect(result.unknown.map(({ path }) => path)).toEqual(['tpye']);
  });

  it('say when nobody could look for unknown ones', async () => {
    const charts = await chartsHere();
    const bare = await local({ 'values.yaml': defaults });
    expect((await values(environment(bare), 'shop', { defaults: false }, charts)).unchecked).toBe(
      'the chart has no schema of its values',
    );
    const remote = release('shop', { values: layers });
    const result = await values(environment(remote), 'shop', { defaults: false }, charts);
    expect(result.unchecked).toBe('the chart is not here');
    expect(result.unknown).toEqual([]);
  });

  it('show no password of a chart repository', async () => {
    const repository = 'https://me:hunter2@charts.example.org';
    const shop = release('shop', { chart: { from: 'repository', repository, name: 'shop', version: '1.0.0' } });
    const { chart } = await values(environment(shop), 'shop', { defaults: false }, await chartsHere());
    expect(chart).toBe('https://me:***@charts.example.org/shop 1.0.0');
  });
});

describe('asking for values that are not known', () => {
  it('names the release that was most likely meant', async () => {
    const { code, message, suggestions } = await errorOf(
      values(environment(release('auth'), release('api')), 'atuh', { defaults: false }, await chartsHere()),
    );
    expect({ code, message, suggestions }).toEqual({
      ...{ code: 'usage', message: 'demo has no release atuh' },
      suggestions: ['did you mean auth?', 'its releases are auth, api'],
    });
  });

  it('says how to get a release whose part is off', async () => {
    const demo = { ...environment(release('auth')), offReleases: new Map([['loki', 'logging']]) };
    const { suggestions } = await errorOf(values(demo, 'loki', { defaults: false }, await chartsHere()));
    expect(suggestions).toEqual([
      'loki belongs to the part logging, which is off: --with logging',
      'its releases are auth',
    ]);
  });

  it('may be texts of a mebibyte in one line', async () => {
    const text = JSON.stringify({ panels: 'x'.repeat(1024 * 1024 - 20) });
    const layer = { origin: 'files dashboards', values: { dashboards: { 'pods.json': text } } };
    const shop = release('shop', { values: [layer] });
    const result = await values(environment(shop), 'shop', { defaults: false }, await chartsHere());
    expect(result.origins).toEqual({ [String.raw`dashboards.pods\.json`]: 'files dashboards' });
    const shown = valuesText(result, createStyle({ color: false }));
    expect(parse(shown)).toEqual({ dashboards: { 'pods.json': text } });
  });

  it('says so when there are no releases at all', async () => {
    const { suggestions } = await errorOf(values(environment(), 'x', { defaults: false }, await chartsHere()));
    expect(suggestions).toEqual(['it has no releases on this target']);
  });

  it('says so when the defaults of a chart are wanted that is not here', async () => {
    const { code, message } = await errorOf(
      values(environment(release('shop')), 'shop', { defaults: true }, await chartsHere()),
    );
    expect({ code, message }).toEqual({
      code: 'prerequisite',
      message: 'the chart of shop is not here, so its defaults are not known',
    });
  });

  it('takes no stand-in for the chart', async () => {
    const charts = await chartsHere();
    const shop = release('shop', { catalogue: catalogueEntry('shop') });
    const context = { signal: new AbortController().signal, progress: () => undefined };
    expect((await charts.fetch(shop, context)).standIn).toBe(true);
    const result = await values(environment(shop), 'shop', { defaults: false }, charts);
    expect(result.unchecked).toBe('the chart is not here');
  });
});
