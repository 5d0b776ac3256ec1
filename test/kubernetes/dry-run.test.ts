import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiServer, send, type ApiServer } from './api-server.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
});
afterEach(() => api.close());

describe('trying a write', () => {
  it('says in the query that nothing must happen, whatever the write', async () => {
    api.answer = (response) => send(response, 200, {});
    await api.client.dryRun({ method: 'POST', path: '/api/v1/namespaces/shop/pods', body: { kind: 'Pod' } });
    await api.client.dryRun({ method: 'PATCH', path: '/api/v1/namespaces/shop/pods/web', body: { metadata: {} } });
    await api.client.dryRun({ method: 'DELETE', path: '/api/v1/namespaces/shop/pods/web' });
    expect(
      api.requests.map(({ method, query, headers }) => [method, query['dryRun'], headers['content-type']]),
    ).toEqual([
      ['POST', 'All', 'application/json'],
      ['PATCH', 'All', 'application/merge-patch+json'],
      ['DELETE', 'All', undefined],
    ]);
  });

  it('never gives a deletion a body, which would outweigh the query', async () => {
    api.answer = (response) => send(response, 200, {});
    await api.client.dryRun({ method: 'DELETE', path: '/api/v1/namespaces/shop/pods/web', body: { dryRun: [] } });
    expect(api.requests[0]?.body).toBe('');
  });

  it('waits as long as it is told to for an answer', async () => {
    api.answer = () => true;
    const write = { method: 'POST', path: '/api/v1/pods', answerTimeoutMs: 20 } as const;
    const failure: unknown = await api.client.dryRun(write).catch((error: unknown) => error);
    expect(failure).toHaveProperty('message', `the API server at ${api.address} does not answer`);
    expect(failure).toHaveProperty('cause.message', 'no answer within 0.02 s');
  });
});
