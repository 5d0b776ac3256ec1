import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectionPath, discover, readDiscovery, resourceName } from '../../src/kubernetes/discovery.js';
import { apiServer, send, type ApiServer } from './api-server.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
});
afterEach(() => api.close());

const things = {
  resource: 'things',
  responseKind: { group: '', version: '', kind: 'Thing' },
  scope: 'Namespaced',
  verbs: ['get', 'create'],
  subresources: [{ subresource: 'status', responseKind: null, verbs: ['get', 'patch'] }],
};

function serve(groups: readonly object[], core: readonly object[] = []): void {
  api.answer = (response, { path }) =>
    send(response, 200, {
      kind: 'APIGroupDiscoveryList',
      items: path === '/api' ? [{ metadata: {}, versions: core }] : groups,
    });
}

const group = (name: string, ...versions: readonly object[]) => ({ metadata: { name }, versions });

describe('discovering what is served', () => {
  it('takes two requests for all groups, the core one included', async () => {
    serve(
      [group('example.org', { version: 'v1', freshness: 'Current', resources: [{ ...things, scope: 'Cluster' }] })],
      [{ version: 'v1', resources: [{ resource: 'pods', responseKind: { kind: 'Pod' }, scope: 'Namespaced' }] }],
    );
    expect(await discover(api.client)).toEqual([
      {
        group: '',
        version: 'v1',
        kind: 'Pod',
        plural: 'pods',
        namespaced: true,
        verbs: [],
        subresources: [],
        stale: false,
      },
      {
        group: 'example.org',
        version: 'v1',
        kind: 'Thing',
        plural: 'things',
        namespaced: false,
        verbs: ['get', 'create'],
        subresources: [{ name: 'status', verbs: ['get', 'patch'] }],
        stale: false,
      },
    ]);
    expect(api.requests.map(({ path, headers }) => [path, headers.accept?.split(',')[0]])).toEqual([
      ['/api', 'application/json;v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList'],
      ['/apis', 'application/json;v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList'],
    ]);
  });

  it('says what a broken API last served, and that it is broken', async () => {
    serve([
      group('broken.org', { version: 'v1', freshness: 'Stale', resources: [things] }),
      group('gone.org', { version: 'v2', freshness: 'Stale' }),
      group('example.org', { version: 'v1', freshness: 'Current', resources: [things] }),
    ]);
    const { resources, stale } = await readDiscovery(api.client);
    expect(resources.map((resource) => [resource.group, resource.stale])).toEqual([
      ['broken.org', true],
      ['example.org', false],
    ]);
    expect(stale).toEqual(['broken.org/v1', 'gone.org/v2']);
  });

  it('refuses an API server that only knows the older form', async () => {
    api.answer = (response) => send(response, 200, { kind: 'APIGroupList', groups: [] });
    await expect(discover(api.client)).rejects.toMatchObject({
      code: 'prerequisite',
      message: `the API server at ${api.address} knows no aggregated discovery`,
    });
  });
});

describe('a discovered resource', () => {
  it('has a path and a name, in the core group and in others', () => {
    const pods = { group: '', version: 'v1', plural: 'pods' };
    const routes = { group: 'example.org', version: 'v1beta1', plural: 'routes' };
    expect([collectionPath(pods), collectionPath(pods, 'shop')]).toEqual([
      '/api/v1/pods',
      '/api/v1/namespaces/shop/pods',
    ]);
    expect(collectionPath(routes, 'shop')).toBe('/apis/example.org/v1beta1/namespaces/shop/routes');
    expect([resourceName(pods), resourceName(routes)]).toEqual(['pods', 'routes.example.org']);
  });
});
