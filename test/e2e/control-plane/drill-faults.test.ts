import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault, WorkloadTarget } from '../../../src/chaos/drill.js';
import type { PlannedFault } from '../../../src/chaos/faults/planned-fault.js';
import { planFault } from '../../../src/chaos/faults/plan-fault.js';
import { targetPath } from '../../../src/chaos/target.js';
import { newIntent } from '../../../src/chaos/intent/new-intent.js';
import { grantPaths } from '../../../src/chaos/faults/grants.js';
import { openGrants } from '../../../src/chaos/intent/open-grants.js';
import { restoreApi } from '../../../src/chaos/intent/restore-api.js';
import { differencesNow } from '../../../src/chaos/intent/verify.js';
import { closeGrants, restoreAll } from '../../../assets/apps/src/reaper/restore.js';
import { systemClock } from '../../../src/clock.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';
import { given, namespace, object, ready, replicasOf, setReplicas, workload } from './drill-workloads.js';

let plane: ControlPlane;
let client: ClusterClient;
beforeAll(async () => {
  plane = await controlPlane('faults');
  await plane.providerWith(2).create(stepContext());
  client = await plane.client();
  await Promise.all(['apps', 'cut', 'platform-system'].map((name) => client.apply(namespace(name))));
});
afterAll(() => plane.dispose());

const target = (kind: WorkloadTarget['kind'], name: string, inside = 'apps'): WorkloadTarget => ({
  kind,
  namespace: inside,
  name,
});

let runs = 0;
const newRun = () => `20261120t10000${String((runs += 1))}-abc`;

function planned(fault: Fault, run = newRun()): Promise<PlannedFault> {
  const provider = { name: 'embedded', simulation: 'simulated' } as const;
  return planFault(fault, run, { client, clock: systemClock, provider }, signal());
}

const signal = () => AbortSignal.timeout(60_000);

function intentOf({ changes, grants }: PlannedFault, run: string) {
  const owner = 'ann@here/1';
  const common = { run, drill: 'test', environment: 'faults', owner, startedAt: systemClock.now() };
  return newIntent({ ...common, changes, grants: grantPaths(grants) });
}

async function takenBack(plan: PlannedFault, run: string) {
  const intent = intentOf(plan, run);
  const results = await restoreAll(intent, restoreApi(client));
  return { results, differences: await eventually(async () => ((await left(intent)).length === 0 ? [] : undefined)) };
}

const left = async (intent: Parameters<typeof differencesNow>[0]) => differencesNow(intent, client);

interface Pod extends KubernetesObject {
  readonly spec: { readonly nodeName?: string };
}

const podsNamed = async (app: string, inside = 'apps') =>
  client.list<Pod>(`/api/v1/namespaces/${inside}/pods`, { labelSelector: `app=${app}` });

describe('scaling a workload', () => {
  it('is done through its scale, and taken back', async () => {
    const postgres = target('statefulset', 'postgres');
    await given(client, postgres, 1);
    const run = newRun();
    const plan = await planned({ type: 'scale', target: postgres, replicas: 0 }, run);

    const before = systemClock.now();
    const begun: number[] = [];
    const { detail } = await plan.inject(signal(), (at) => begun.push(at));

    expect(detail).toBe('statefulset/postgres in apps was scaled from 1 to 0');
    expect(begun).toHaveLength(1);
    expect(begun[0]).toBeGreaterThanOrEqual(before);
    expect(begun[0]).toBeLessThanOrEqual(systemClock.now());
    expect(await replicasOf(client, postgres)).toBe(0);
    expect((await takenBack(plan, run)).results).toEqual([
      { subject: 'statefulset/postgres in apps', outcome: 'restored', detail: '1 replica again' },
    ]);
    expect(await replicasOf(client, postgres)).toBe(1);
  });

  it('does not happen when somebody else scaled it in between', async () => {
    const web = target('deployment', 'web');
    await given(client, web, 1);
    const plan = await planned({ type: 'scale', target: web, replicas: 0 });
    await setReplicas(client, web, 3);

    const injecting = plan.inject(signal());

    await expect(injecting).rejects.toMatchObject({
      code: 'conflict',
      message: 'deployment/web in apps changed since the drill was planned: somebody set 3 replicas, it had 1',
    });
    expect(await replicasOf(client, web)).toBe(3);
  });

  it('does not happen to another object of that name', async () => {
    const again = target('deployment', 'again');
    await given(client, again, 1);
    const plan = await planned({ type: 'scale', target: again, replicas: 0 });
    await client.delete(targetPath(again));
    await eventually(async () => ((await client.get(targetPath(again))) ? undefined : true));
    await given(client, again, 1);

    await expect(plan.inject(signal())).rejects.toThrow('another object has its name');
    expect(await replicasOf(client, again)).toBe(1);
  });

  it('is refused for what is not there, and where it would change nothing', async () => {
    const scaling = (name: string, replicas: number) =>
      planned({ type: 'scale', target: target('deployment', name), replicas });
    await given(client, target('deployment', 'still'), 2);

    await expect(scaling('nobody', 0)).rejects.toMatchObject({
      code: 'conflict',
      message: 'there is no deployment/nobody in apps',
    });
    await expect(scaling('still', 2)).rejects.toThrow('deployment/still in apps has 2 replicas already');
  });
});

describe('the right to take a fault back', () => {
  const may = async (verb: string, resource: string, subresource: string, name: string) => {
    const [group, plural = ''] = resource.includes('/') ? resource.split('/') : ['', resource];
    const attributes = { namespace: 'apps', verb, group, resource: plural, subresource, name };
    const review = await client.create<{ status: { allowed: boolean } }>(
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: 'system:serviceaccount:platform-system:reaper', resourceAttributes: attributes },
      },
    );
    return review.status.allowed;
  };

  it('is for this workload alone, and ends with its Role', async () => {
    const vault = target('statefulset', 'vault');
    await given(client, vault, 1);
    const run = newRun();
    const plan = await planned({ type: 'scale', target: vault, replicas: 0 }, run);
    expect(await may('update', 'apps/statefulsets', 'scale', 'vault')).toBe(false);

    await openGrants(plan.grants, client);

    // The authorizer hears of it a moment later.
    const mayScale = () => may('update', 'apps/statefulsets', 'scale', 'vault');
    await eventually(async () => (await mayScale()) || undefined);
    expect(await may('delete', 'rbac.authorization.k8s.io/roles', '', `drill-${run}`)).toBe(true);
    expect(await may('update', 'apps/statefulsets', 'scale', 'postgres')).toBe(false);
    expect(await may('update', 'apps/statefulsets', '', 'vault')).toBe(false);
    expect(await may('delete', 'rbac.authorization.k8s.io/roles', '', 'another')).toBe(false);

    await closeGrants(intentOf(plan, run), restoreApi(client));

    await eventually(async () => !(await mayScale()) || undefined);
    // Its binding goes with it.
    const binding = `/apis/rbac.authorization.k8s.io/v1/namespaces/apps/rolebindings/drill-${run}`;
    await eventually(async () => ((await client.get(binding)) ? undefined : true));
  });
});

describe('killing pods', () => {
  it('takes the oldest of the workload and none of others', async () => {
    const api = target('deployment', 'killed');
    await given(client, api, 2);
    const [first] = await podsNamed('killed');
    const other = await client.get('/api/v1/namespaces/apps/configmaps/kube-root-ca.crt');
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'kube-root-ca.crt', uid: other?.metadata.uid };
    const stranger = '/api/v1/namespaces/apps/pods/stranger';
    await client.create('/api/v1/namespaces/apps/pods', {
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: { name: 'stranger', labels: { app: 'killed' }, ownerReferences: [{ ...owner, controller: true }] },
      spec: { containers: [{ name: 'main', image: 'registry.example/web:1' }] },
    });
    const run = newRun();
    const plan = await planned({ type: 'kill', target: api, count: 'all' }, run);
    expect(plan.changes).toHaveLength(2);
    const before = plan.changes.map((change) => ('uid' in change ? change.uid : ''));
    expect(before).toContain(first?.metadata.uid);

    await plan.inject(signal());

    // The Deployment's status tells of the deletion only once its controller has seen it, so the pods themselves are asked.
    await eventually(async () => {
      const uids = (await podsNamed('killed')).map(({ metadata }) => metadata.uid ?? '');
      return uids.some((uid) => before.includes(uid)) ? undefined : true;
    });
    await ready(client, api, 2);
    expect((await takenBack(plan, run)).differences).toEqual([]);
    expect(await client.get(stranger)).toBeDefined();
    await client.delete(stranger);
  });

  it('does not happen when a pod is another one by then', async () => {
    const db = target('statefulset', 'swapped');
    await given(client, db, 1);
    const plan = await planned({ type: 'kill', target: db, count: 1 });
    const [pod] = await podsNamed('swapped');
    await client.delete('/api/v1/namespaces/apps/pods/swapped-0');
    await eventually(async () => {
      const [now] = await podsNamed('swapped');
      return now && now.metadata.uid !== pod?.metadata.uid ? true : undefined;
    });

    await expect(plan.inject(signal())).rejects.toMatchObject({
      code: 'conflict',
      message: 'pod/swapped-0 in apps changed since the drill was planned: it is gone',
    });
  });

  it('is refused where there are not so many', async () => {
    const few = target('deployment', 'few');
    await given(client, few, 1);
    await expect(planned({ type: 'kill', target: few, count: 2 })).rejects.toThrow(
      'deployment/few in apps has 1 pods at work, and 2 were to be killed',
    );
  });
});

describe('cutting the network', () => {
  const db = target('deployment', 'db', 'cut');
  const allow = object('networking.k8s.io/v1', 'NetworkPolicy', 'from-inside', 'cut', {
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] },
  });
  const cut = (run: string) => planned({ type: 'cut', target: db, direction: 'ingress', connections: 'keep' }, run);

  it('is a policy that denies, gone again when it is taken back', async () => {
    await given(client, db, 1);
    const run = newRun();
    const plan = await cut(run);

    await plan.inject(signal());

    const path = `/apis/networking.k8s.io/v1/namespaces/cut/networkpolicies/drill-${run}`;
    expect(await client.get(path)).toMatchObject({
      metadata: { labels: { 'platform.dev/run': run } },
      spec: { podSelector: { matchLabels: { app: 'db' } }, policyTypes: ['Ingress'] },
    });
    expect((await takenBack(plan, run)).results).toMatchObject([{ outcome: 'restored' }]);
    expect(await client.get(path)).toBeUndefined();
  });

  it('does not happen when a policy that allows came in between, and names it when it was there before', async () => {
    const plan = await cut(newRun());
    await client.apply(allow);

    await expect(plan.inject(signal())).rejects.toThrow('the networkpolicy from-inside lets traffic through');
    await expect(cut(newRun())).rejects.toMatchObject({
      code: 'conflict',
      message:
        'the network of deployment/db in cut cannot be cut: policies of Kubernetes only add to each other, and from-inside lets traffic through',
    });
    // It says nothing of what goes out.
    expect(await planned({ type: 'cut', target: db, direction: 'egress', connections: 'keep' })).toMatchObject({
      changes: [{}],
    });
  });

  it('is a policy of Calico where others allow', async () => {
    await client.apply(allow);
    await Promise.all(
      ['networkpolicies', 'clusterinformations'].map((plural) => client.apply(calicoDefinition(plural))),
    );
    const group = '/apis/crd.projectcalico.org/v1';
    await eventually(async () => {
      const served = await client.get<{ resources: readonly { name: string }[] }>(group);
      return (served?.resources.length ?? 0) >= 2 ? true : undefined;
    });
    const run = newRun();
    const plan = await cut(run);

    await plan.inject(signal());

    const path = `${group}/namespaces/cut/networkpolicies/drill-${run}`;
    expect(await client.get(path)).toMatchObject({
      spec: { tier: 'default', order: 0, selector: "app == 'db'", types: ['Ingress'], ingress: [{ action: 'Deny' }] },
    });
    expect((await takenBack(plan, run)).results).toMatchObject([{ outcome: 'restored' }]);
    expect(await client.get(path)).toBeUndefined();
  });
});

function calicoDefinition(plural: string): KubernetesObject & { spec: object } {
  const kind = plural === 'networkpolicies' ? 'NetworkPolicy' : 'ClusterInformation';
  const spec = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.crd.projectcalico.org` },
    spec: {
      group: 'crd.projectcalico.org',
      scope: plural === 'networkpolicies' ? 'Namespaced' : 'Cluster',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          ...{ name: 'v1', served: true, storage: true },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
    },
  };
}

describe('a simulated load', () => {
  const cpuOf = async () => {
    const pods = await podsNamed('busy');
    return pods.map(({ metadata }) => metadata.annotations?.['platform.dev/simulated-cpu']);
  };

  it('is shared among the pods that are ready, and gone at its end', async () => {
    const busy = target('deployment', 'busy');
    await given(client, busy, 1);
    const run = newRun();
    const plan = await planned(
      {
        ...{ type: 'load', url: 'http://here', target: busy, requests: 1, workers: 1, tool: 'hey', atMostMs: 1 },
        simulated: { ratePerSecond: 100, cpuMs: 4 },
      },
      run,
    );

    const { end } = await plan.inject(signal());

    expect(await cpuOf()).toEqual(['400m']);
    await setReplicas(client, busy, 2);
    await eventually(async () => ((await cpuOf()).join() === '200m,200m' ? true : undefined));
    await end?.();
    expect((await takenBack(plan, run)).results).toMatchObject([{ outcome: 'restored' }]);
    expect(await cpuOf()).toEqual([undefined, undefined]);
  });
});

describe('draining a node', () => {
  const [first, second] = ['faults-worker', 'faults-worker2'] as const;
  const onNode = async (node: string) =>
    (await client.list<Pod>('/api/v1/namespaces/drain/pods')).filter(({ spec }) => spec.nodeName === node);

  it('evicts what can go, within its disruption budget, and lets it take pods again', async () => {
    await client.apply(namespace('drain'));
    const moved = target('deployment', 'moved', 'drain');
    const kept = target('deployment', 'kept', 'drain');
    await given(client, moved, 2, { nodeSelector: {} });
    await given(client, kept, 1, { nodeName: first });
    await client.apply(
      object('policy/v1', 'PodDisruptionBudget', 'kept', 'drain', {
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'kept' } } },
      }),
    );
    await client.apply(
      object('apps/v1', 'DaemonSet', 'agent', 'drain', {
        spec: {
          selector: { matchLabels: { app: 'agent' } },
          template: workload(target('deployment', 'agent', 'drain'), 1).spec.template,
        },
      }),
    );
    await eventually(async () =>
      (await onNode(first)).length >= 2 && (await onNode(second)).length >= 1 ? true : undefined,
    );
    // The budget's controller has counted.
    await eventually(async () => {
      const budget = await client.get<KubernetesObject & { status?: { currentHealthy?: number } }>(
        '/apis/policy/v1/namespaces/drain/poddisruptionbudgets/kept',
      );
      return budget?.status?.currentHealthy === 1 ? true : undefined;
    });
    const run = newRun();
    const plan = await planned({ type: 'drain', node: first }, run);

    const keptUid = async () => (await podsNamed('kept', 'drain'))[0]?.metadata.uid;
    const before = await keptUid();
    const injecting = plan.inject(AbortSignal.timeout(110_000));
    await eventually(async () =>
      (await onNode(first)).every(({ metadata }) => metadata.labels?.['app'] !== 'moved') ? true : undefined,
    );
    expect(await keptUid()).toBe(before);
    await client.patch('/apis/policy/v1/namespaces/drain/poddisruptionbudgets/kept', { spec: { minAvailable: 0 } });
    const { detail } = await injecting;

    expect(detail).toMatch(/^node\/faults-worker takes no new pods, \d+ pods were evicted$/);
    await eventually(async () => ((await keptUid()) === before ? undefined : true));
    expect((await onNode(first)).map(({ metadata }) => metadata.labels?.['app'])).toContain('agent');
    await expect(planned({ type: 'drain', node: second })).rejects.toThrow(
      'node/faults-worker2 is the only one that takes pods',
    );
    expect((await takenBack(plan, run)).results.at(-1)).toMatchObject({
      outcome: 'restored',
      detail: 'it takes pods again',
    });
    await ready(client, moved, 2);
  });

  it('is refused for a pod that nobody would make again, and for data in an emptyDir', async () => {
    await client.apply(
      object('v1', 'Pod', 'alone', 'drain', {
        spec: { nodeName: second, containers: [{ name: 'main', image: 'registry.example/web:1' }] },
      }),
    );
    await expect(planned({ type: 'drain', node: second })).rejects.toMatchObject({
      code: 'conflict',
      message: 'node/faults-worker2 is not drained: pod/alone in drain has no controller that would make a new one',
    });
    await client.delete('/api/v1/namespaces/drain/pods/alone');
    await given(client, target('statefulset', 'store', 'drain'), 1, {
      ...{ nodeSelector: { 'kubernetes.io/hostname': second }, volumes: [{ name: 'data', emptyDir: {} }] },
    });
    await expect(planned({ type: 'drain', node: target('statefulset', 'store', 'drain') })).rejects.toThrow(
      'keeps its data in the emptyDir data, which would be lost',
    );
  });
});
