import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/errors.js';
import { loadEnvironment } from '../../../src/environment/load.js';
import { readChartTexts } from '../../../src/releases/charts/chart-texts.js';
import { unknownValues } from '../../../src/releases/values/values-schema.js';
import { folderWith, header } from '../../environment/fixture.js';
import { chartYaml } from '../chart-folder.js';

const layer = (values: object, origin = 'platform.yaml') => ({ origin, values: { ...values } });
const chart = (schema: object | string, files: Readonly<Record<string, string>> = {}) =>
  new Map(
    Object.entries({
      'Chart.yaml': chartYaml('shop'),
      'values.schema.json': typeof schema === 'string' ? schema : JSON.stringify(schema),
      ...files,
    }),
  );
const unknown = (values: object, files: ReadonlyMap<string, string>) =>
  unknownValues({ values: [layer(values)] }, files).map(({ path }) => path);

const closed = {
  additionalProperties: false,
  properties: {
    replicas: { type: 'integer' },
    service: { type: 'object', properties: { type: {}, ports: {} }, additionalProperties: false },
    env: { type: 'array', items: { properties: { name: {}, value: {} }, additionalProperties: false } },
    labels: { type: 'object' },
  },
};

describe('unknown values', () => {
  it('are told with their path, who set them, and what was most likely meant', () => {
    const release = {
      values: [
        layer({ replicas: 1, service: { type: 'ClusterIP' }, labels: { anything: { goes: 1 } } }, 'values.yaml'),
        layer({ service: { tpye: 'LoadBalancer' }, nonsense: true }),
        layer({ service: { tpye: 'NodePort' } }, '--set'),
      ],
    };
    expect(unknownValues(release, chart(closed))).toEqual([
      { path: 'service.tpye', origin: '--set', refused: true, suggestion: 'service.type' },
      { path: 'nonsense', origin: 'platform.yaml', refused: true },
    ]);
  });

  it('are also looked for in the items of lists, which come from one layer as a whole', () => {
    const values = { env: [{ name: 'A', value: '1' }, { nmae: 'B' }] };
    expect(unknownValues({ values: [layer(values)] }, chart(closed))).toEqual([
      { path: 'env[1].nmae', origin: 'platform.yaml', refused: true, suggestion: 'env[1].name' },
    ]);
  });

  it('are told once, at the top of what is unknown', () => {
    expect(unknown({ sevrice: { a: 1, b: { c: 2 } } }, chart(closed))).toEqual(['sevrice']);
  });

  it('have the dots in their keys escaped', () => {
    expect(unknown({ 'a.b': 1 }, chart(closed))).toEqual(['a\\.b']);
  });

  it('that are null are not refused: Helm takes them out before it looks', () => {
    expect(unknownValues({ values: [layer({ nonsense: null })] }, chart(closed))).toEqual([
      { path: 'nonsense', origin: 'platform.yaml', refused: false },
    ]);
  });

  it('are none where there is no schema', () => {
    expect(unknown({ a: 1 }, new Map([['Chart.yaml', chartYaml('shop')]]))).toEqual([]);
  });

  it('cannot be told by a schema that is not JSON', () => {
    expect(() => unknown({ a: 1 }, chart('{'))).toThrow(
      new PlatformError('usage', 'the values.schema.json of the chart shop is not JSON'),
    );
  });
});

describe('a schema that is not closed', () => {
  const open = { properties: { replicas: {}, service: { properties: { type: {} } } } };
  const values = `replicas: 1
service:
  port: 80
  # -- the address, where the provider lets one choose
  # loadBalancerIP: 10.0.0.1
`;

  it('makes a key unknown that neither it nor values.yaml has, which Helm would take in silence', () => {
    const release = { values: [layer({ replcias: 2, service: { prot: 80 } })] };
    expect(unknownValues(release, chart(open, { 'values.yaml': values }))).toEqual([
      { path: 'replcias', origin: 'platform.yaml', refused: false, suggestion: 'replicas' },
      { path: 'service.prot', origin: 'platform.yaml', refused: false },
    ]);
  });

  it('leaves known what values.yaml has, as a default or in a comment', () => {
    const own = { service: { port: 81, loadBalancerIP: '10.0.0.2' } };
    expect(unknown(own, chart(open, { 'values.yaml': values }))).toEqual([]);
    expect(unknown(own, chart(open))).toEqual(['service.port', 'service.loadBalancerIP']);
  });
});

describe('subcharts', () => {
  const dependencies = `dependencies:
  - { name: cache, version: 1.2.3, condition: cache.enabled }
  - { name: cache, version: 1.2.3, alias: sessions }
  - { name: search, version: 1.2.3 }
  - { name: absent, version: 1.2.3 }
`;
  const files = chart(closed, {
    'Chart.yaml': chartYaml('shop', dependencies),
    'charts/cache/Chart.yaml': chartYaml('cache'),
    'charts/cache/values.schema.json': JSON.stringify({ properties: { size: {} }, additionalProperties: false }),
    'charts/search/Chart.yaml': chartYaml('search'),
    'charts/search/charts/index/Chart.yaml': chartYaml('index'),
    'charts/search/charts/index/values.schema.json': JSON.stringify({ properties: { shards: {} } }),
  });

  it('are known to their parent, and so is global', () => {
    const values = { global: { any: 1 }, cache: { size: 1 }, sessions: {}, absent: { any: 1 }, search: { any: 1 } };
    expect(unknown(values, files)).toEqual([]);
  });

  it('are checked by their own schema, each under its alias, at any depth', () => {
    const values = {
      cache: { enabled: true, szie: 1, global: {} },
      sessions: { enabled: true },
      search: { index: { shadrs: 2 } },
    };
    expect(unknownValues({ values: [layer(values)] }, files)).toEqual([
      { path: 'cache.szie', origin: 'platform.yaml', refused: true, suggestion: 'cache.size' },
      // Nothing switches this one.
      { path: 'sessions.enabled', origin: 'platform.yaml', refused: true },
      { path: 'search.index.shadrs', origin: 'platform.yaml', refused: false, suggestion: 'search.index.shards' },
    ]);
  });

  it('can be what was meant', () => {
    expect(unknownValues({ values: [layer({ cahce: {} })] }, files)[0]?.suggestion).toBe('cache');
  });
});

describe('the bundled chart and the values we ship for it', () => {
  it.each(['local', 'aws'] as const)('know each other, on %s', async (target) => {
    const set = ['auth.replica=3', 'auth.probes.liveness.pth=/'];
    const options = { cwd: '/', target, blueprint: 'microservices', set };
    const environment = await loadEnvironment({ ...options, ...(target === 'aws' && { file: await awsFile() }) });
    const releases = environment.releases.flatMap(({ chart, ...release }) =>
      chart.from === 'bundled' ? [{ ...release, chart }] : [],
    );

    const found = await Promise.all(
      releases.map(async (release) => unknownValues(release, await readChartTexts(release.chart.path))),
    );

    expect(releases.length).toBeGreaterThan(3);
    // Only what was put in here.
    expect(found.flat().map(({ path, suggestion }) => [path, suggestion])).toEqual([
      ['probes.liveness.pth', 'probes.liveness.path'],
      ['replica', 'replicas'],
    ]);
  });
});

async function awsFile(): Promise<string> {
  const text = `${header}aws: { account: "123456789012", region: eu-north-1 }\n`;
  return join(await folderWith({ 'platform.yaml': text }), 'platform.yaml');
}
