import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Drill, Fault, WorkloadTarget } from '../../../src/chaos/drill.js';
import { closeIntent, openIntent } from '../../../src/chaos/intent/intents.js';
import { takeBack } from '../../../src/chaos/intent/take-back.js';
import { gatherFacts } from '../../../src/chaos/preflight/facts.js';
import { findingsOf } from '../../../src/chaos/preflight/preflight.js';
import type { Finding } from '../../../src/chaos/record.js';
import type { World } from '../../../src/chaos/world.js';
import { systemClock } from '../../../src/clock.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import { leasePath } from '../../../src/ownership/lease-object.js';
import { systemProcesses } from '../../../src/process.js';
import { withoutFile } from '../../../src/usecases/environment-of-record.js';
import { intent } from '../../chaos/given.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';

let plane: ControlPlane;
let client: ClusterClient;
let world: World;
beforeAll(async () => {
  plane = await controlPlane('preflight');
  await plane.provider.create(stepContext());
  client = await plane.client();
  world = {
    environment: withoutFile('preflight'),
    // Only its control plane counts here, which is real.
    provider: { name: 'embedded', simulation: undefined },
    client,
    monitoring: undefined,
    clock: systemClock,
    processes: systemProcesses(),
    tool: (name) => Promise.reject(new Error(`${name} is not needed`)),
    probe: (url) => Promise.reject(new Error(`${url} is not to be asked`)),
  };
  await Promise.all(['app', 'bounded', 'platform-system'].map(applyNamespace));
  await renewLease();
});
afterAll(() => plane.dispose());

const applyNamespace = (name: string) => client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

function renewLease(): Promise<KubernetesObject> {
  const renewTime = new Date(systemClock.now()).toISOString().replace('Z', '000Z');
  return client.apply({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'reaper', namespace: 'platform-system' },
    spec: { holderIdentity: 'reaper-1', leaseDurationSeconds: 3_600, renewTime },
  } as KubernetesObject);
}

const container = (more: object = {}) => ({ name: 'main', image: 'registry.example/web:1', ...more });

async function make(kind: WorkloadTarget['kind'], name: string, spec: object, pod: object = {}, namespace = 'app') {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [container()], ...pod } };
  await client.apply({
    apiVersion: 'apps/v1',
    kind: kind === 'deployment' ? 'Deployment' : 'StatefulSet',
    metadata: { name, namespace },
    spec: { replicas: 1, selector: { matchLabels: labels }, template, ...spec },
  } as KubernetesObject);
  return { kind, namespace, name } as const;
}

const claim = (name: string) => ({
  volumeClaimTemplates: [
    {
      metadata: { name },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
    },
  ],
});

const drill = (fault: Fault, expected: Partial<Drill['expect']> = {}): Drill => ({
  name: 'a drill',
  summary: 'Something breaks',
  origin: 'a test',
  fault,
  expect: { alerts: [], mayFire: [], ...expected },
  budgets: {},
  holdMs: 0,
});

async function look(fault: Fault, expected?: Partial<Drill['expect']>): Promise<readonly Finding[]> {
  const wanted = drill(fault, expected);
  return findingsOf(wanted, await gatherFacts(wanted, world, AbortSignal.timeout(60_000)));
}
const scale = (target: WorkloadTarget, replicas = 0): Fault => ({ type: 'scale', target, replicas });
const words = (findings: readonly Finding[], check: string) =>
  findings.filter((finding) => finding.check === check).map(({ level, message }) => `${level}: ${message}`);

/** Looks until a check says what is expected of it; controllers take their time. */
const until = (check: string, expected: string, fault: Fault, expects?: Partial<Drill['expect']>) =>
  eventually(async () => (words(await look(fault, expects), check).includes(expected) ? true : undefined));

describe('a look at a real API server', () => {
  it('lets a settled StatefulSet with a volume be scaled', async () => {
    const target = await make('statefulset', 'postgres', claim('data'));
    await until('target', 'ok: statefulset/postgres in app has 1 of 1 pods ready', scale(target));
    const findings = await look(scale(target));
    expect(findings.filter(({ level }) => level !== 'ok').map(({ check }) => check)).toEqual(['monitoring']);
    expect(words(findings, 'data-loss')).toEqual(['ok: no data is lost with the pods that go']);
    expect(words(findings, 'reaper')).toEqual(['ok: the reaper would take the fault back']);
  });

  it('forbids to scale one whose volumes would be deleted, or that has none', async () => {
    const policy = { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' } };
    const deleting = await make('statefulset', 'deleting', { ...claim('data'), ...policy });
    expect(words(await look(scale(deleting)), 'data-loss')).toEqual([
      'refused: scaling statefulset/deleting in app down deletes its volumes: persistentVolumeClaimRetentionPolicy.whenScaled is Delete',
    ]);
    const volumes = [{ name: 'v', emptyDir: {} }];
    const mounts = { containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/data' }] })], volumes };
    const empty = await make('statefulset', 'empty', {}, mounts);
    expect(words(await look(scale(empty)), 'data-loss')).toEqual([
      'refused: statefulset/empty in app keeps /data in an emptyDir, which goes with its pod',
    ]);
  });

  it('names what is alike, and what is paused', async () => {
    const target = await make('deployment', 'portal', {});
    const findings = await look(scale({ ...target, name: 'portl' }));
    expect(findings.find(({ check }) => check === 'target')).toMatchObject({
      level: 'refused',
      fix: ['did you mean deployment/portal in app?'],
    });
    await make('deployment', 'portal', { paused: true });
    expect(words(await look(scale(target)), 'target')).toEqual([
      'inconclusive: deployment/portal in app is paused: a change of it is not finished',
    ]);
  });

  it('finds drills that are open, and not those that were taken back', async () => {
    const target = { kind: 'deployment', namespace: 'app', name: 'portal' } as const;
    const open = (name: string) => openIntent({ ...intent([]), run: name }, client);
    const done = await open('done');
    const { signal } = new AbortController();
    await takeBack(done, 'ann@laptop/42', { client, clock: systemClock, signal });
    expect(words(await look(scale(target)), 'open-drill')).toEqual(['ok: no other drill is open']);
    await open('open');
    expect(words(await look(scale(target)), 'open-drill')).toEqual([
      'refused: the drill db-down is open (run open, by ann@laptop/42)',
    ]);
    await closeIntent('open', client);
  });

  it('counts the requests that a namespace gives by default', async () => {
    await client.apply({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'defaults', namespace: 'bounded' },
      spec: { limits: [{ type: 'Container', defaultRequest: { cpu: '50m' } }] },
    } as KubernetesObject);
    const expected = (namespace: string) => ({ autoscaler: { namespace, name: 'web' } });
    for (const namespace of ['app', 'bounded']) {
      await make('deployment', 'web', {}, {}, namespace);
      await autoscaler('web', namespace);
    }
    const fault = (namespace: string): Fault => ({
      type: 'kill',
      target: { kind: 'deployment', namespace, name: 'web' },
      count: 1,
    });
    const missing = (namespace: string) =>
      `weakness: autoscaler web in ${namespace} would not scale: container main requests no cpu`;
    await until('autoscaler', missing('app'), fault('app'), expected('app'));
    await until('target', 'ok: deployment/web in bounded has 1 of 1 pods ready', fault('bounded'));
    expect(words(await look(fault('bounded'), expected('bounded')), 'autoscaler')).not.toContain(missing('bounded'));
  });

  it("says in the autoscaler's own words why it would not scale", async () => {
    const measured = container({ resources: { requests: { cpu: '50m' } } });
    await make('deployment', 'off', { replicas: 0 }, { containers: [measured] });
    await autoscaler('off', 'app');
    const target = { kind: 'deployment', namespace: 'app', name: 'off' } as const;
    await until(
      'autoscaler',
      'weakness: autoscaler off in app would not scale: ScalingActive is False (ScalingDisabled: scaling is disabled since the replica count of the target is zero)',
      { type: 'kill', target, count: 1 },
      { autoscaler: { namespace: 'app', name: 'off' } },
    );
  });

  it('knows what runs on a node that is drained', async () => {
    const nodes = await client.list('/api/v1/nodes', { metadataOnly: true });
    const worker = nodes.map(({ metadata }) => metadata.name).find((name) => name.endsWith('worker')) ?? '';
    await client.create('/api/v1/namespaces/app/pods', {
      metadata: { name: 'alone' },
      spec: { nodeName: worker, containers: [container()] },
    });
    const findings = await look({ type: 'drain', node: worker });
    expect(words(findings, 'data-loss')).toContain(
      'refused: pod/alone in app belongs to nothing that would make it again',
    );
    expect(words(findings, 'node')).toEqual([`ok: node ${worker} can be drained`]);
    expect(words(await look({ type: 'drain', node: 'nowhere' }), 'node')).toEqual([
      'refused: there is no node nowhere',
    ]);
  });

  it('misses a reaper that has gone', async () => {
    await client.delete(leasePath('reaper'));
    const target = { kind: 'statefulset', namespace: 'app', name: 'postgres' } as const;
    expect(words(await look(scale(target)), 'reaper')).toEqual([
      'refused: nobody takes the fault back if this program dies: no reaper runs in this cluster',
    ]);
  });
});

async function autoscaler(name: string, namespace: string): Promise<void> {
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
  await client.apply({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 1,
      maxReplicas: 4,
      metrics: [cpu],
    },
  } as KubernetesObject);
}
