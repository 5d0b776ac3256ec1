import { describe, expect, it } from 'vitest';
import { listEvents, listReleaseEvents } from '../../src/kubernetes/cluster-events.js';
import { readWorkload, type WorkloadObject } from '../../src/kubernetes/workloads.js';
import { deployment, event, fakeClient } from './fake-client.js';

const path = '/api/v1/namespaces/apps/events';

describe('the events of a cluster', () => {
  it('are told oldest first, whichever of their times is set', async () => {
    const object = { kind: 'Pod', name: 'web-1' };
    const client = fakeClient({
      lists: {
        [path]: [
          event(object, 'third', { lastTimestamp: '2026-11-20T10:03:00Z' }),
          event(object, 'first', { lastTimestamp: null, eventTime: '2026-11-20T10:01:00.000000Z' }),
          event(object, 'second', { series: { count: 7, lastObservedTime: '2026-11-20T10:02:00.000000Z' } }),
        ],
      },
    });
    const events = await listEvents(client, 'apps');
    expect(events.map(({ message, count }) => [message, count])).toEqual([
      ['first', 1],
      ['second', 7],
      ['third', 1],
    ]);
    expect(events[0]).toMatchObject({ object: 'Pod/web-1', namespace: 'apps', type: 'Warning', reason: 'Told' });
  });
});

describe('the events of a release', () => {
  it('are those about its workloads and what their controllers made', async () => {
    const about = (kind: string, name: string) => event({ kind, name }, name);
    const client = fakeClient({
      lists: {
        [path]: [
          about('Deployment', 'web'),
          about('ReplicaSet', 'web-7f9c'),
          about('Pod', 'migration-x'),
          about('Pod', 'website-1'),
          about('Deployment', 'db'),
        ],
      },
    });
    const workloads = [readWorkload('Deployment', deployment('web', 'apps/web') as WorkloadObject)];
    const pods = [
      {
        name: 'migration-x',
        namespace: 'apps',
        uid: '',
        phase: '',
        ready: false,
        node: '',
        reason: '',
        containers: [],
      },
    ];
    const events = await listReleaseEvents(client, 'apps/web', { workloads, pods });
    expect(events.map(({ object }) => object)).toEqual(['Deployment/web', 'ReplicaSet/web-7f9c', 'Pod/migration-x']);
  });
});
