import { describe, expect, it } from 'vitest';
import { environmentJsonSchema, schemaId } from '../../src/environment/json-schema.js';

interface Node {
  readonly [keyword: string]: unknown;
  readonly properties?: Record<string, Node>;
  readonly additionalProperties?: Node | boolean;
  readonly anyOf?: readonly Node[];
  readonly items?: Node;
  readonly description?: string;
}

const schema = environmentJsonSchema() as Node;

function keysOf(node: Node, path = ''): [string, Node][] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, child]): [string, Node][] => [
    [`${path}${key}`, child],
    ...keysOf(child, `${path}${key}.`),
  ]);
  const inner = typeof node.additionalProperties === 'object' ? keysOf(node.additionalProperties, `${path}*.`) : [];
  return [...own, ...inner, ...(node.anyOf ?? []).flatMap((branch) => keysOf(branch, path))];
}

describe('the published JSON Schema', () => {
  it('says what it is', () => {
    expect(schema).toMatchObject({
      $id: schemaId,
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'platform environment',
      required: ['apiVersion', 'kind', 'name'],
      additionalProperties: false,
    });
  });

  it('describes every key', () => {
    const keys = keysOf(schema);
    expect(keys.length).toBeGreaterThan(45);
    expect(keys.filter(([, node]) => !node.description).map(([path]) => path)).toEqual([]);
  });

  it('has all the keys of an environment file', () => {
    expect(Object.keys(schema.properties ?? {})).toEqual([
      ...['apiVersion', 'kind', 'name', 'blueprint', 'domain', 'protect', 'local', 'aws', 'images', 'releases'],
      ...['drills', 'parts', 'namespaces', 'secrets'],
    ]);
    const paths = keysOf(schema).map(([path]) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        ...['local.provider', 'local.kubernetes', 'local.workers', 'local.ports.https', 'local.registry.port'],
        ...['local.cni', 'local.mirrors', 'aws.account', 'aws.region', 'aws.database.engine', 'images.*.context'],
        ...['releases.*.chart.version', 'releases.*.aws.values', 'releases.*.enabled', 'drills.*.fault.scale'],
        ...['releases.*.part', 'releases.*.parts.*.values', 'releases.*.parts.*.needs', 'releases.*.files'],
        ...[
          'namespaces.*.isolated',
          'namespaces.*.defaults.requests',
          'secrets.*.namespace',
          'secrets.*.keys.*.generate',
        ],
      ]),
    );
  });

  it('has no map that is open for keys it does not know', () => {
    const open = keysOf(schema).filter(([, node]) => node.properties && node.additionalProperties !== false);
    expect(open.map(([path]) => path)).toEqual([]);
  });

  it('lets editors offer facets', () => {
    const needs = keysOf(schema).find(([path]) => path === 'releases.*.needs')?.[1];
    const pattern = /"pattern":"(\^\[a-z\][^"]*)"/.exec(JSON.stringify(needs))?.[1] ?? '';
    expect('postgres:ready').toMatch(new RegExp(pattern));
    expect('postgres:reddy').not.toMatch(new RegExp(pattern));
    expect('cert-manager:issuer/platform-ca').toMatch(new RegExp(pattern));
    expect('cnpg:cluster/app-services/main').toMatch(new RegExp(pattern));
    for (const wrong of [
      'cert-manager:issuer',
      'cert-manager:issuer/',
      'cert-manager:issuer/CA',
      'cnpg:cluster/a/b/c',
    ]) {
      expect(wrong).not.toMatch(new RegExp(pattern));
    }
  });

  it('lets editors refuse a path that names no value', () => {
    const files = keysOf(schema).find(([path]) => path === 'releases.*.files')?.[1];
    const pattern = /"propertyNames":\{[^}]*"pattern":"([^"]*)"/.exec(JSON.stringify(files))?.[1] ?? '^$';
    const path = new RegExp(JSON.parse(`"${pattern}"`) as string);
    for (const right of ['rules', 'grafana.files', String.raw`example\.org/a.b`]) expect(right).toMatch(path);
    for (const wrong of ['', 'a..b', '.a', 'a.', 'a=b']) expect(wrong).not.toMatch(path);
  });
});
