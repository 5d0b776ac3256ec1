import { describe, expect, it } from 'vitest';
import { goneKeys } from '../../../src/releases/lock/gone-keys.js';

const chart = (files: Record<string, string>) =>
  new Map(Object.entries({ 'Chart.yaml': 'name: web\nversion: 1.0.0', ...files }));
const defaults = (values: string) => chart({ 'values.yaml': values });
const schema = (properties: object) => chart({ 'values.schema.json': JSON.stringify({ type: 'object', properties }) });

describe('keys that a chart no longer knows', () => {
  it('are those that had a default and have none', () => {
    const before = defaults('service: { type: ClusterIP, port: 80 }\nreplicas: 1');
    const after = defaults('service: { port: 80 }\nreplicaCount: 1');
    const values = { service: { type: 'NodePort', port: 8080 }, replicas: 2 };
    expect(goneKeys(values, before, after)).toEqual(['replicas', 'service.type']);
  });

  it('are told by the whole map where that is gone', () => {
    const before = defaults('ingress: { hosts: { a: b } }');
    expect(goneKeys({ ingress: { hosts: { x: 'y' } } }, before, defaults('{}'))).toEqual(['ingress']);
  });

  it('are not those that neither version names: charts take labels and selectors as they are', () => {
    const both = defaults('nodeSelector: {}');
    expect(goneKeys({ nodeSelector: { disk: 'ssd' }, mine: 1 }, both, both)).toEqual([]);
  });

  it('are not those that values do not set', () => {
    expect(goneKeys({}, defaults('a: 1'), defaults('b: 1'))).toEqual([]);
  });

  it('are those that left the schema', () => {
    const before = schema({ a: { type: 'string' }, b: { $ref: '#/properties/a' } });
    expect(goneKeys({ a: 'x', b: 'y' }, before, schema({ a: { type: 'string' } }))).toEqual(['b']);
  });

  it('are not those that moved from values.yaml into the schema, or that it allows', () => {
    const before = defaults('a: 1\nlabels: { tier: web }');
    const after = schema({
      a: { type: 'integer' },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
    });
    expect(goneKeys({ a: 2, labels: { tier: 'x' } }, before, after)).toEqual([]);
  });

  it('are those of a subchart under its alias, too', () => {
    const withSubchart = (values: string, parent = '{}') =>
      chart({
        'Chart.yaml':
          'name: web\nversion: 1.0.0\ndependencies: [{ name: cache, alias: store, condition: store.enabled }]',
        'values.yaml': parent,
        'charts/cache/Chart.yaml': 'name: cache\nversion: 1.0.0',
        'charts/cache/values.yaml': values,
      });
    const values = { store: { enabled: true, size: 1, ttl: 2 }, global: { x: 1 } };
    expect(
      goneKeys(values, withSubchart('size: 1\nttl: 1', 'store: { enabled: true }'), withSubchart('size: 1')),
    ).toEqual(['store.ttl']);
    expect(goneKeys(values, withSubchart('size: 1'), defaults('{}'))).toEqual(['store']);
  });

  it('are not guessed of a subchart that is not there', () => {
    const dependency = chart({ 'Chart.yaml': 'name: web\nversion: 1.0.0\ndependencies: [{ name: cache }]' });
    expect(goneKeys({ cache: { size: 1 } }, dependency, dependency)).toEqual([]);
  });

  it('have their dots escaped', () => {
    const before = defaults('config: { "app.ini": x }');
    expect(goneKeys({ config: { 'app.ini': 'y' } }, before, defaults('config: { }'))).toEqual(['config.app\\.ini']);
  });
});
