import { describe, expect, it } from 'vitest';
import { subchartsOf } from '../../../src/releases/values/subcharts.js';
import { chartYaml } from '../chart-folder.js';

const filesOf = (files: Readonly<Record<string, string>>) => new Map(Object.entries(files));
const shown = (files: Readonly<Record<string, string>>) =>
  subchartsOf(filesOf(files)).map(({ key, files: own, switches }) => ({
    ...{ key, switches },
    ...(own && { own: [...own.keys()] }),
  }));

describe('the subcharts of a chart', () => {
  it('are its dependencies, under their alias, with what switches them', () => {
    const dependencies = `dependencies:
  - { name: cache, version: 1.2.3, condition: "cache.enabled, global.cache, cache.on" }
  - { name: cache, version: 1.2.3, alias: sessions, condition: sessions.enabled }
  - { name: absent, version: 1.2.3 }
`;
    expect(
      shown({
        'Chart.yaml': chartYaml('shop', dependencies),
        'charts/cache/Chart.yaml': chartYaml('cache'),
        'charts/cache/values.yaml': '',
      }),
    ).toEqual([
      { key: 'cache', switches: ['enabled', 'on'], own: ['Chart.yaml', 'values.yaml'] },
      { key: 'sessions', switches: ['enabled'], own: ['Chart.yaml', 'values.yaml'] },
      { key: 'absent', switches: [] },
    ]);
  });

  it('are also those that it simply holds, by their name and not by their folder', () => {
    expect(
      shown({
        'Chart.yaml': chartYaml('shop'),
        'charts/cache-1.2.3/Chart.yaml': chartYaml('cache'),
        'charts/cache-1.2.3/charts/lib/Chart.yaml': chartYaml('lib'),
      }),
    ).toEqual([{ key: 'cache', switches: [], own: ['Chart.yaml', 'charts/lib/Chart.yaml'] }]);
  });

  it('are named in a file of their own in charts of the old format', () => {
    const files = { 'Chart.yaml': chartYaml('shop'), 'requirements.yaml': 'dependencies:\n  - { name: cache }\n' };
    expect(shown(files)).toEqual([{ key: 'cache', switches: [] }]);
  });

  it('are none where nothing tells of any', () => {
    expect(shown({ 'Chart.yaml': chartYaml('shop', 'dependencies:\n') })).toEqual([]);
    expect(shown({ 'Chart.yaml': '- no map\n' })).toEqual([]);
    expect(shown({ 'Chart.yaml': 'dependencies: [{ alias: x }]\n' })).toEqual([]);
  });
});
