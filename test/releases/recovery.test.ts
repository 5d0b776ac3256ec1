import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterView } from '../../src/kubernetes/cluster-view.js';
import { asset } from '../../src/paths.js';
import { systemClock } from '../../src/clock.js';
import { observeReleases, type ObservedRelease } from '../../src/releases/observed.js';
import { recoverPending } from '../../src/releases/recovery.js';
import { apiServer, type ApiServer } from '../kubernetes/api-server.js';

const path = '/api/v1/namespaces/default/secrets/sh.helm.release.v1.small.v1';
const signal = new AbortController().signal;

interface HelmSecret {
  readonly metadata: { readonly resourceVersion: string; readonly labels: Readonly<Record<string, string>> };
  readonly data: { readonly release: string };
}

/** A Secret that Helm 4.3.1 left when it was killed in the middle of an install. */
async function recorded(): Promise<HelmSecret> {
  return JSON.parse(await readFile(asset('test/fixtures/helm/pending-install.json'), 'utf8')) as HelmSecret;
}

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
  api.objects.set(path, { ...(await recorded()) });
});
afterEach(() => api.close());

async function observed(): Promise<ObservedRelease> {
  const view = new ClusterView(() => Promise.resolve(api.client), systemClock);
  const release = (await observeReleases(view)).get('default/small');
  if (!release) throw new Error('the release is not there');
  return release;
}

/** What Helm would read from the Secret. */
function contents({ data }: HelmSecret): { info: Record<string, unknown>; [field: string]: unknown } {
  const zipped = Buffer.from(Buffer.from(data.release, 'base64').toString(), 'base64');
  return JSON.parse(gunzipSync(zipped).toString()) as ReturnType<typeof contents>;
}

const stored = () => api.objects.get(path) as unknown as HelmSecret;

describe('recovering a pending release', () => {
  it('makes it a failed one, which Helm can build on', async () => {
    expect(await observed()).toMatchObject({ status: 'pending-install', revision: 1 });
    await recoverPending(api.client, await observed(), signal);
    expect(await observed()).toMatchObject({ status: 'failed', revision: 1 });
    expect(contents(stored()).info).toMatchObject({
      status: 'failed',
      description: 'interrupted; marked as failed by platform',
    });
  });

  it('changes nothing else in it', async () => {
    await recoverPending(api.client, await observed(), signal);
    const before = contents(await recorded());
    const after = contents(stored());
    const { status, description } = after.info;
    expect(after).toEqual({ ...before, info: { ...before.info, status, description } });
    expect(after['manifest']).toContain('colour: "blue"');
    expect(stored().metadata.labels).toEqual({ ...(await recorded()).metadata.labels, status: 'failed' });
  });

  it('fails when somebody else touches the release meanwhile', async () => {
    const release = await observed();
    api.answer = (_, { method }) => {
      if (method === 'PUT') {
        const touched = stored();
        api.objects.set(path, { ...touched, metadata: { ...touched.metadata, resourceVersion: '999' } });
      }
      return false;
    };
    await expect(recoverPending(api.client, release, signal)).rejects.toMatchObject({ status: 409, code: 'conflict' });
    expect(contents(stored()).info['status']).toBe('pending-install');
  });

  it('leaves it alone when it is pending no longer', async () => {
    const release = await observed();
    const secret = await recorded();
    const labels = { ...secret.metadata.labels, status: 'deployed' };
    api.objects.set(path, { ...secret, metadata: { ...secret.metadata, labels } });
    await recoverPending(api.client, release, signal);
    expect(api.requests.some(({ method }) => method === 'PUT')).toBe(false);
  });

  it('has nothing to do when it is gone', async () => {
    const release = await observed();
    api.objects.clear();
    await expect(recoverPending(api.client, release, signal)).resolves.toBeUndefined();
  });
});
