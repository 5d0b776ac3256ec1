import { describe, expect, it } from 'vitest';
import { readWorkload, releaseOf, type WorkloadKind } from '../../src/kubernetes/workloads.js';

/** A workload of generation 2 whose controller has seen it, of three replicas unless said otherwise. */
function read(kind: WorkloadKind, status: object, spec: object = {}) {
  const object = {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'web', namespace: 'shop', generation: 2 },
    spec: { ...(kind !== 'DaemonSet' && { replicas: 3 }), selector: { matchLabels: { app: 'web' } }, ...spec },
    status: { observedGeneration: 2, ...status },
  };
  return readWorkload(kind, object);
}

const available = [{ type: 'Available', status: 'True' }];
const revisions = { currentRevision: 'web-1', updateRevision: 'web-2' };
const settled = { currentRevision: 'web-2', updateRevision: 'web-2' };
const ready = 'ready';

describe('a Deployment', () => {
  const complete = { replicas: 3, readyReplicas: 3, updatedReplicas: 3, conditions: available };
  it.each<[given: string, found: string, status: object, spec: object]>([
    ['has all its pods', ready, complete, {}],
    [
      'was not seen by its controller',
      'its controller has not seen it yet',
      { ...complete, observedGeneration: 1 },
      {},
    ],
    ['has no status yet', 'its controller has not seen it yet', { observedGeneration: undefined }, {}],
    ['has no pods yet', '0 of 3 pods updated', { conditions: [] }, {}],
    ['is rolling', '1 of 3 pods updated', { ...complete, updatedReplicas: 1, replicas: 4 }, {}],
    ['has pods that do not answer', '2 of 3 pods ready', { ...complete, readyReplicas: 2 }, {}],
    ['still has a pod of before', 'old pods are still ending', { ...complete, replicas: 4 }, {}],
    [
      'is not available',
      'not available yet',
      { ...complete, conditions: [{ type: 'Available', status: 'False' }] },
      {},
    ],
    ['is scaled to zero', ready, { conditions: [] }, { replicas: 0 }],
    ['is being scaled to zero', 'old pods are still ending', { replicas: 2, readyReplicas: 2 }, { replicas: 0 }],
    ['has one replica by default', ready, { ...complete, replicas: 1, updatedReplicas: 1 }, { replicas: undefined }],
  ])('that %s: %s', (_, found, status, spec) => {
    expect(read('Deployment', status, spec).waitingFor ?? ready).toBe(found);
  });

  it('says why its pods cannot be created', () => {
    const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' }];
    expect(read('Deployment', { ...complete, conditions }).waitingFor).toBe('exceeded quota');
  });

  it('heeds a failure no longer that is over', () => {
    const conditions = [...available, { type: 'ReplicaFailure', status: 'False', message: 'exceeded quota' }];
    expect(read('Deployment', { ...complete, conditions }).waitingFor).toBeUndefined();
  });

  it('has the words for a person', () => {
    expect(read('Deployment', complete)).toMatchObject({
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
      wanted: 3,
      ready: 3,
      selector: { app: 'web' },
    });
  });
});

describe('a StatefulSet', () => {
  const complete = { replicas: 3, readyReplicas: 3, updatedReplicas: 3, ...settled };
  it.each<[given: string, found: string, status: object, spec: object]>([
    ['has all its pods', ready, complete, {}],
    ['never rolled', ready, { replicas: 3, readyReplicas: 3, ...settled }, {}],
    ['waits for its first pod', '0 of 3 pods ready', { ...settled }, {}],
    ['is rolling', '1 of 3 pods updated', { ...complete, ...revisions, updatedReplicas: 1 }, {}],
    ['has rolled but is not ready', '2 of 3 pods ready', { ...complete, readyReplicas: 2 }, {}],
    ['is scaled to zero', ready, settled, { replicas: 0 }],
    [
      'keeps the pods below its partition as they are',
      ready,
      { ...complete, ...revisions, updatedReplicas: 1 },
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
    ],
    [
      'is rolling down to its partition',
      '1 of 2 pods updated',
      { ...complete, ...revisions, updatedReplicas: 1 },
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
    ],
    [
      'has a partition above all its pods',
      ready,
      { ...complete, ...revisions, updatedReplicas: 0 },
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 9 } } },
    ],
    [
      'is updated only when somebody deletes its pods',
      ready,
      { ...complete, ...revisions, updatedReplicas: 0 },
      { updateStrategy: { type: 'OnDelete' } },
    ],
  ])('that %s: %s', (_, found, status, spec) => {
    expect(read('StatefulSet', status, spec).waitingFor ?? ready).toBe(found);
  });
});

describe('a DaemonSet', () => {
  const complete = { desiredNumberScheduled: 2, numberReady: 2, updatedNumberScheduled: 2 };
  it.each<[given: string, found: string, status: object, spec: object]>([
    ['has a pod on each node', ready, complete, {}],
    ['has no node to be on', ready, { desiredNumberScheduled: 0 }, {}],
    ['was not seen by its controller', 'its controller has not seen it yet', { observedGeneration: 0 }, {}],
    ['is rolling', '1 of 2 pods updated', { ...complete, updatedNumberScheduled: 1 }, {}],
    ['has a pod that does not answer', '1 of 2 pods ready', { ...complete, numberReady: 1 }, {}],
    [
      'is updated only when somebody deletes its pods',
      ready,
      { ...complete, updatedNumberScheduled: 0 },
      { updateStrategy: { type: 'OnDelete' } },
    ],
  ])('that %s: %s', (_, found, status, spec) => {
    expect(read('DaemonSet', status, spec).waitingFor ?? ready).toBe(found);
  });
});

describe('the release of an object', () => {
  const object = (annotations?: Record<string, string>) =>
    releaseOf({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', ...(annotations && { annotations }) } });

  it('is the one Helm says owns it', () => {
    const annotations = { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' };
    expect(object(annotations)).toBe('shop/web');
  });

  it('is none for objects that Helm did not make', () => {
    expect(object()).toBeUndefined();
    expect(object({ 'meta.helm.sh/release-name': 'web' })).toBeUndefined();
  });
});
