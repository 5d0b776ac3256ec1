import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyDefinitions, checkDefinitions, unserved } from '../../../src/releases/definitions/definitions.js';
import { definitionDigest, readContents } from '../../../src/releases/contents/read-contents.js';
import { cluster, context, type Cluster } from '../cluster.js';

let world: Cluster;
beforeEach(async () => {
  world = await cluster();
  world.api.answer = (response, { path }) => {
    if (path !== '/api' && path !== '/apis') return false;
    const versions = [{ version: 'v1', resources: served.map((resource) => ({ resource, scope: 'Cluster' })) }];
    const items = path === '/apis' ? [{ metadata: { name: 'example.org' }, versions }] : [];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ kind: 'APIGroupDiscoveryList', items }));
    return true;
  };
  served = ['things'];
});
afterEach(() => world.api.close());

/** Plurals that the API server serves. */
let served: string[] = [];

const object = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.org', labels: {} },
  spec: {
    group: 'example.org',
    names: { kind: 'Thing', plural: 'things' },
    scope: 'Cluster',
    versions: [{ name: 'v1', served: true }],
  },
};
const { definitions } = readContents([], [{ object, by: 'platform' }]);
const owner = { environment: 'dev', release: 'web' };
const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.org';

function put(labels: Record<string, string>, more: object = {}): void {
  world.api.objects.set(path, { metadata: { name: 'things.example.org', labels, ...more } });
}

describe('definitions in a cluster', () => {
  it('are new, then applied with their hash, then as they should be', async () => {
    expect(await checkDefinitions(definitions, world.view)).toEqual({
      status: 'needed',
      reason: '1 new: things.example.org',
    });
    await applyDefinitions([object], definitions, { ...world, owner }, context());
    expect(world.api.objects.get(path)?.metadata?.labels).toEqual({
      'platform.dev/environment': 'dev',
      'platform.dev/input': definitionDigest(object),
      'platform.dev/release': 'web',
    });
    expect(await checkDefinitions(definitions, world.view)).toEqual({ status: 'satisfied', detail: '1 definition' });
  });

  it('are applied again when the chart brings other ones', async () => {
    put({ 'platform.dev/input': 'of another version' });
    expect(await checkDefinitions(definitions, world.view)).toEqual({
      status: 'needed',
      reason: '1 changed: things.example.org',
    });
  });

  it('count as missing while they are being deleted', async () => {
    put({ 'platform.dev/input': definitionDigest(object) }, { deletionTimestamp: '2026-11-20T10:00:00Z' });
    expect(await checkDefinitions(definitions, world.view)).toMatchObject({ status: 'needed' });
  });

  it('are left to the Helm release that owns them, which is named', async () => {
    put({}, { annotations: { 'meta.helm.sh/release-name': 'old', 'meta.helm.sh/release-namespace': 'infra' } });
    const check = await checkDefinitions(definitions, world.view);
    expect(check).toMatchObject({ status: 'blocked', code: 'conflict' });
    expect(check.status === 'blocked' && check.by).toContain('belongs to the Helm release infra/old');
  });

  it('are waited for until the API server serves them', async () => {
    served = [];
    const said = context();
    world.onSleep = () => {
      served = ['things'];
    };
    await applyDefinitions([object], definitions, { ...world, owner }, said);
    expect(said.messages).toContain('waiting for the API server to serve things.example.org');
  });

  it('are not served while one of their versions is not', async () => {
    const both = definitions.map((definition) => ({ ...definition, versions: ['v1', 'v2'] }));
    expect(await unserved(both, world.view)).toHaveLength(1);
    expect(await unserved(definitions, world.view)).toEqual([]);
  });
});

describe('a definition that somebody else manages', () => {
  const refuse = (managers: readonly string[]) => {
    const discovery = world.api.answer;
    world.api.answer = (response, request) => {
      if (request.method !== 'PATCH' || request.query['force']) return discovery(response, request);
      response.writeHead(409, { 'content-type': 'application/json' });
      const message = `Apply failed with 1 conflict: ${managers.map((manager) => `conflict with "${manager}"`).join()}`;
      response.end(JSON.stringify({ reason: 'Conflict', message }));
      return true;
    };
  };
  const apply = () => applyDefinitions([object], definitions, { ...world, owner }, context());

  it('is not taken from them: they are named', async () => {
    refuse(['helm', 'argocd-controller']);
    await expect(apply()).rejects.toMatchObject({
      code: 'conflict',
      message: 'somebody else manages the definition things.example.org',
      output: expect.stringContaining('argocd-controller') as string,
    });
  });

  it('is taken over from Helm, which never looks again at what is in crds/', async () => {
    refuse(['helm']);
    expect(await apply()).toBe('1 definition');
  });
});
