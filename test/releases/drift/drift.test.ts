import { describe, expect, it } from 'vitest';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { systemClock } from '../../../src/clock.js';
import { describeDrift, driftOf, type Drift } from '../../../src/releases/drift/drift.js';
import { encodeHelmRecord } from '../../../src/releases/helm/helm-record.js';
import type { ObservedRelease } from '../../../src/releases/helm/observed.js';
import { liveObjects } from '../live-objects.js';

const observed: ObservedRelease = {
  ...{ name: 'web', namespace: 'shop', revision: 3, status: 'deployed', input: 'abc', ownRevision: 3 },
  ...{ environment: 'shop', standIn: false, secret: 'sh.helm.release.v1.web.v3', createdAt: undefined },
};
const secretPath = '/api/v1/namespaces/shop/secrets/sh.helm.release.v1.web.v3';
const signal = new AbortController().signal;

const manifest = `---
# Source: web/templates/config.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
---
# Source: web/templates/hook.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: hook, annotations: { helm.sh/hook: pre-install } }
`;

describe('the drift of a release', () => {
  it('is looked for in what Helm installed last, hooks left out', async () => {
    const { api, view } = await liveObjects();
    const record = { name: 'web', namespace: 'shop', version: 3, info: { status: 'deployed' }, manifest };
    api.objects.set(secretPath, { metadata: { name: observed.secret }, data: { release: encodeHelmRecord(record) } });

    expect(await driftOf(view, observed, signal)).toEqual([
      { object: 'ConfigMap/web', namespace: 'shop', status: 'missing', fields: [] },
    ]);
  });

  it('shares what must be known of the cluster among releases', async () => {
    const { api, view } = await liveObjects();
    const record = { name: 'web', namespace: 'shop', version: 3, info: { status: 'deployed' }, manifest };
    api.objects.set(secretPath, { metadata: { name: observed.secret }, data: { release: encodeHelmRecord(record) } });
    await driftOf(view, observed, signal);
    const before = api.requests.length;

    await driftOf(view, observed, signal);

    // The record, and the object.
    expect(api.requests.length - before).toBe(2);
  });

  it('is not told of a revision or a cluster that is gone', async () => {
    const { view } = await liveObjects();
    await expect(driftOf(view, observed, signal)).rejects.toMatchObject({
      code: 'conflict',
      message: "Helm's record of revision 3 of shop/web is gone: somebody changed it meanwhile",
    });
    const nowhere = new ClusterView(() => Promise.resolve(undefined), systemClock);
    await expect(driftOf(nowhere, observed, signal)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('drift in a line', () => {
  const changed: Drift = {
    object: 'Deployment/auth',
    status: 'changed',
    fields: [
      { path: 'spec.replicas', live: 'hunter2', intended: 2 },
      { path: 'spec.paused', live: true },
    ],
  };

  it('names the first place and counts the others, without values', () => {
    expect(describeDrift([changed])).toBe('drifted: Deployment/auth spec.replicas (and 1 more)');
    const missing: Drift = { object: 'ConfigMap/auth', status: 'missing', fields: [] };
    expect(describeDrift([missing])).toBe('drifted: ConfigMap/auth is missing');
    expect(describeDrift([missing, changed])).toBe('drifted: ConfigMap/auth is missing (and 2 more)');
  });
});
