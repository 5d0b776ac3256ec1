import { describe, expect, it } from 'vitest';
import type { DrainFault, Fault } from '../../../../src/chaos/drill.js';
import { checkDataLoss } from '../../../../src/chaos/preflight/checks/data-loss.js';
import type { Pod, PodSpec } from '../../../../src/chaos/workload/pod.js';
import type { TargetObject } from '../../../../src/chaos/workload/workload.js';
import { burden, givenDrill, givenFacts, givenPod, givenTarget, inWords, postgres, scaleToZero } from '../given.js';

const found = (object: TargetObject, fault: Fault = scaleToZero) =>
  inWords(
    checkDataLoss(givenDrill({ fault }), givenFacts({ target: { answer: { object, pods: [], others: [] } } }), {}),
  );
const subject = 'statefulset/postgres in app-services';
const fine = ['ok: no data is lost with the pods that go'];
const kill: Fault = { type: 'kill', target: postgres, count: 'all' };

const mounted = (mountPath: string, volume: object, more: PodSpec['containers'][0]['volumeMounts'] = []): PodSpec => ({
  containers: [{ name: 'main', image: 'web:1', volumeMounts: [{ name: 'v', mountPath }, ...more] }],
  volumes: [{ name: 'v', ...volume }],
});
const image = (name: string): PodSpec => ({ containers: [{ name: 'main', image: name }] });
const stateless = (spec: PodSpec) => givenTarget({ template: { spec }, volumeClaimTemplates: [] });

describe('data of pods that go', () => {
  it('stays on volumes that are retained', () => {
    expect(found(givenTarget())).toEqual(fine);
    const { persistentVolumeClaimRetentionPolicy, ...spec } = givenTarget().spec;
    expect(persistentVolumeClaimRetentionPolicy).toBeDefined();
    expect(found({ ...givenTarget(), spec })).toEqual(fine);
  });

  it('goes with volumes that are deleted when it is scaled down', () => {
    const target = givenTarget({ persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } });
    expect(found(target)).toEqual([
      `refused fault: scaling ${subject} down deletes its volumes: persistentVolumeClaimRetentionPolicy.whenScaled is Delete`,
    ]);
    // Pods that are killed keep their claims.
    expect(found(target, kill)).toEqual(fine);
    expect(found(target, { type: 'scale', target: postgres, replicas: 3 })).toEqual(fine);
  });

  it.each(['/var/lib/postgresql/data', '/data', '/bitnami/redis', '/srv/files', '/opt/app/data'])(
    'goes with an emptyDir at %s',
    (path) => {
      const words = [`refused fault: ${subject} keeps ${path} in an emptyDir, which goes with its pod`];
      expect(found(givenTarget({ template: { spec: mounted(path, { emptyDir: {} }) } }))).toEqual(words);
      expect(found(givenTarget({ template: { spec: mounted(path, { emptyDir: {} }) } }), kill)).toEqual(words);
    },
  );

  it.each([
    ['/tmp', { emptyDir: {} }, []],
    ['/var/run/postgresql', { emptyDir: {} }, []],
    ['/data', { emptyDir: { medium: 'Memory' } }, []],
    ['/data', { persistentVolumeClaim: { claimName: 'c' } }, []],
    ['/var/lib/postgresql', { emptyDir: {} }, [{ name: 'data', mountPath: '/var/lib/postgresql/data' }]],
  ])('is not in %s as %j', (path, volume, more) => {
    expect(found(givenTarget({ template: { spec: mounted(path, volume, more) } }))).toEqual(fine);
  });

  it.each([
    'postgres:17',
    'docker.io/bitnami/postgresql:16',
    'quay.io/x/mysql-server:8',
    'redis',
    'ghcr.io/a/mongodb@sha256:1',
  ])('of %s goes with its pod where it has no claim', (name) => {
    const database = [
      `refused fault: ${subject} is a database without a PersistentVolumeClaim: its data goes with its pod`,
    ];
    expect(found(stateless(image(name)))).toEqual(database);
    expect(found({ ...stateless(image(name)), kind: 'Deployment' })).toEqual(database);
  });

  it.each([
    'quay.io/prometheuscommunity/postgres-exporter:v0.19.1',
    'natsio/nats-box:1',
    'x/kafka-ui',
    'redis-commander',
  ])('is not kept by %s, which only works with a database', (name) => {
    expect(found({ ...stateless(image(name)), kind: 'Deployment' })).toEqual(fine);
  });

  it('may be lost of any StatefulSet without a claim', () => {
    const lost = `${subject} is without a PersistentVolumeClaim: what its pods keep is lost with them`;
    expect(found(stateless(image('web:1')))).toEqual([`weakness fault: ${lost}`]);
    expect(found(stateless(image('web:1')), kill)).toEqual([`weakness fault: ${lost}`]);
    expect(found({ ...stateless(image('web:1')), kind: 'Deployment' })).toEqual(fine);
    const drain: DrainFault = { type: 'drain', node: postgres };
    expect(found(stateless(image('web:1')), drain)).toEqual([`weakness fault: ${lost}`]);
    // Here the drill itself says that it may.
    expect(found(stateless(image('web:1')), { ...drain, deleteEmptyDirData: true })).toEqual([
      `warning fault: ${lost}`,
    ]);
  });

  it.each<[string, object]>([
    ['a generic ephemeral one', { ephemeral: { volumeClaimTemplate: { spec: {} } } }],
    ['one that a driver makes for the pod', { csi: { driver: 'x' } }],
  ])('does not outlive its pod on %s', (_, volume) => {
    const database = { ...mounted('/state', volume), ...image('postgres:17') };
    expect(found(stateless(database))).toEqual([
      `refused fault: ${subject} is a database without a PersistentVolumeClaim: its data goes with its pod`,
    ]);
    expect(found(stateless(mounted('/state', volume)))).toEqual([
      `weakness fault: ${subject} is without a PersistentVolumeClaim: what its pods keep is lost with them`,
    ]);
  });

  it('goes with an ephemeral volume where it should last', () => {
    expect(found({ ...stateless(mounted('/data', { ephemeral: {} })), kind: 'Deployment' })).toEqual([
      `refused fault: ${subject} keeps /data in an ephemeral volume, which goes with its pod`,
    ]);
  });

  it('is of no matter where no pod goes', () => {
    expect(found(stateless(image('postgres')), burden)).toEqual([]);
    const cut = { type: 'cut', target: postgres, direction: 'both' } as const;
    expect(found(stateless(image('postgres')), { ...cut, connections: 'keep' })).toEqual([]);
    expect(found(stateless(image('postgres')), { ...cut, connections: 'end' })).toEqual([
      `refused fault: ${subject} is a database without a PersistentVolumeClaim: its data goes with its pod`,
    ]);
  });
});

describe('data of pods on a node that is drained', () => {
  const pod = (spec: PodSpec, owner?: string): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      namespace: 'apps',
      ...(owner !== undefined && {
        ownerReferences: [{ apiVersion: 'apps/v1', kind: owner, name: 'o', uid: 'o-1', controller: true }],
      }),
    },
    spec,
  });
  const drained = (...pods: readonly Pod[]) => drainedWith({}, ...pods);
  const drainedWith = (more: Pick<DrainFault, 'deleteEmptyDirData'>, ...pods: readonly Pod[]) => {
    const { target, ...facts } = givenFacts({ node: { answer: { nodes: [], candidates: ['w'], pods, budgets: [] } } });
    expect(target).toBeDefined();
    return inWords(checkDataLoss(givenDrill({ fault: { type: 'drain', node: 'w', ...more } }), facts, {}));
  };

  it('stays where its pods come again and it is on volumes', () => {
    const claimed = givenPod({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'c' } }] });
    expect(drained(pod(claimed, 'StatefulSet'), pod(image('web'), 'ReplicaSet'))).toEqual(fine);
  });

  it.each([
    [pod(image('web')), 'pod/p in apps belongs to nothing that would make it again'],
    [
      pod(mounted('/data', { emptyDir: {} }), 'ReplicaSet'),
      'pod/p in apps keeps /data in an emptyDir, which goes with it',
    ],
    [
      pod(image('redis'), 'ReplicaSet'),
      'pod/p in apps is a database without a PersistentVolumeClaim: its data goes with it',
    ],
  ])('is lost', (given, words) => {
    expect(drained(given)).toEqual([`refused fault: ${words}`]);
  });

  it('is only warned of where the drill says that what is in emptyDirs may be lost', () => {
    const allowed = { deleteEmptyDirData: true };
    expect(drainedWith(allowed, pod(mounted('/data', { emptyDir: {} }), 'ReplicaSet'))).toEqual([
      'warning fault: pod/p in apps keeps /data in an emptyDir, which goes with it',
    ]);
    expect(drainedWith(allowed, pod(image('redis'), 'ReplicaSet'))).toEqual([
      'refused fault: pod/p in apps is a database without a PersistentVolumeClaim: its data goes with it',
    ]);
  });
});
