import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyWhole } from '../../src/kubernetes/apply-whole.js';
import type { KubernetesObject } from '../../src/kubernetes/objects.js';
import { apiServer, send, type ApiServer } from './api-server.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
});
afterEach(() => api.close());

const path = '/api/v1/namespaces/shop/configmaps/one';
type ConfigMap = KubernetesObject & { readonly data: Readonly<Record<string, string>> };
const wanted: ConfigMap = {
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', namespace: 'shop', labels: { ours: 'yes' } } },
  data: { a: '1' },
};
const apply = () =>
  applyWhole(api.client, wanted, ({ data }) => Object.keys(data).length === 1, AbortSignal.timeout(5_000));
const methods = () => api.requests.map(({ method }) => method);

describe('an object that is all ours', () => {
  it('is applied with force, and that is all', async () => {
    await apply();
    expect(methods()).toEqual(['PATCH']);
    expect(api.requests[0]?.query).toEqual({ fieldManager: 'platform', force: 'true' });
  });

  it('is replaced where an apply leaves what others added, their labels kept', async () => {
    const merged = {
      ...wanted,
      metadata: { ...wanted.metadata, resourceVersion: '7', labels: { ours: 'yes', team: 'a' } },
      data: { a: '1', b: '2' },
    };
    api.objects.set(path, merged);
    api.answer = (response, { method }) => method === 'PATCH' && send(response, 200, merged);

    await apply();

    expect(methods()).toEqual(['PATCH', 'PUT']);
    expect(api.objects.get(path)).toMatchObject({ data: { a: '1' }, metadata: { labels: { ours: 'yes', team: 'a' } } });
    expect(api.objects.get(path)?.['data']).toEqual({ a: '1' });
    // Without a version it is not refused when a controller was at the object in between.
    expect(JSON.parse(api.requests[1]?.body ?? '')).not.toHaveProperty('metadata.resourceVersion');
  });
});
