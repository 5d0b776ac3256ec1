import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeIntent, intentPath, intentsIn, listIntents, openIntent } from '../../../src/chaos/intent/intents.js';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { apiServer, send, type ApiServer } from '../../kubernetes/api-server.js';
import { givenClock, intent, putIntent, run } from '../given.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
  api.objects.set(namespacePath, { metadata: { name: 'platform-system' } });
});
afterEach(() => api.close());

const namespacePath = '/api/v1/namespaces/platform-system';
const view = () => new ClusterView(() => Promise.resolve(api.client), givenClock());
const asked = () => api.requests.map(({ method, path }) => `${method} ${path}`);
const annotations = () => api.objects.get(namespacePath)?.metadata?.['annotations'];

describe('an intent', () => {
  it('is in the cluster with all that a stranger needs to take it back', async () => {
    const opened = await openIntent(intent(), api.client);

    expect(opened).toMatchObject({ name: `drill-${run}`, heartbeat: '0', intent: { run, drill: 'db-down' } });
    expect(api.objects.get(intentPath(run))).toMatchObject({
      metadata: {
        namespace: 'platform-system',
        labels: { 'platform.dev/environment': 'shop', 'platform.dev/run': run, 'platform.dev/drill': 'db-down' },
      },
    });
    expect(opened.intent).toEqual({
      ...intent(),
      startedAt: '2026-11-20T10:00:00.000Z',
      expireAfterSeconds: 60,
      restoreCommand: `platform chaos restore ${run} --environment shop`,
    });
  });

  it('is marked before it is written, and the mark goes after it', async () => {
    await openIntent(intent(), api.client);
    expect(asked()).toEqual([`PATCH ${namespacePath}`, `POST ${namespacePath}/configmaps`]);
    expect(annotations()).toEqual({ [`drill.platform.dev/${run}`]: 'db-down' });

    await closeIntent(run, api.client);

    expect(asked().slice(2)).toEqual([`DELETE ${intentPath(run)}`, `PATCH ${namespacePath}`]);
    expect(annotations()).toEqual({});
  });

  it('is refused where the run has one already, and where nothing was ever built', async () => {
    await openIntent(intent(), api.client);
    await expect(openIntent(intent(), api.client)).rejects.toMatchObject({ code: 'conflict', status: 409 });
    api.objects.delete(namespacePath);
    await expect(openIntent(intent(), api.client)).rejects.toMatchObject({
      code: 'conflict',
      message: 'the cluster of shop has no namespace platform-system',
    });
  });
});

describe('the intents of a cluster', () => {
  it('are listed in the order of their runs, unreadable ones too', async () => {
    putIntent(api, { ...intent(), run: '20261120t110000-bbb' });
    putIntent(api);
    putIntent(api, { ...intent(), run: '20261120t120000-ccc' }, { 'intent.json': 'torn' });

    const listed = await listIntents(api.client);

    expect(listed.map(({ name, problem }) => [name, problem?.slice(0, 26)])).toEqual([
      [`drill-${run}`, undefined],
      ['drill-20261120t110000-bbb', undefined],
      ['drill-20261120t120000-ccc', 'its intent.json is no JSON'],
    ]);
  });

  it('cost no request of their own where there is no mark', async () => {
    const here = view();
    await here.namespaces();
    expect(await intentsIn(here)).toEqual([]);
    expect(asked()).toEqual(['GET /api/v1/namespaces']);
  });

  it('are seen where there is one', async () => {
    await openIntent(intent(), api.client);
    const here = view();
    expect(await intentsIn(here)).toMatchObject([{ intent: { run } }]);
    expect(await intentsIn(here)).toHaveLength(1);
    expect(asked().filter((one) => one === `GET ${namespacePath}/configmaps`)).toHaveLength(1);
  });

  it('are not taken for none where the server refuses', async () => {
    api.answer = (response) => send(response, 403, { reason: 'Forbidden', message: 'no' });
    await expect(intentsIn(view())).rejects.toThrow('no');
    await expect(listIntents(api.client)).rejects.toThrow('no');
  });
});
