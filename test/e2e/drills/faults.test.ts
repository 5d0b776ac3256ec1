import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import { edit } from '../edit.js';
import { drilled, namespace, recordOf, service, type Drilled } from './drilled.js';
import { readyFor } from './followed.js';

const soon = { timeout: 90_000, interval: 200 };
const page = 'https://shop.faults.localhost/';
/** Users should go on being served. */
const unnoticed = { symptom: { url: page, status: 200 } };
const others = { ...unnoticed, mayFire: ['PodsAreNew'] };
const noticed = { symptom: { url: page, status: 503 } };

const drills = {
  'gateway-kill': { fault: { kill: 'deployment/gateway', namespace }, expect: others, hold: '3s' },
  'gateway-all': { fault: { kill: 'deployment/gateway', namespace, count: 'all' }, expect: others, hold: '3s' },
  'fragile-kill': { fault: { kill: 'deployment/fragile', namespace }, expect: unnoticed, hold: '15s' },
  'fragile-all': { fault: { kill: 'deployment/fragile', namespace, count: 3 }, expect: unnoticed },
  'gateway-drain': { fault: { drain: 'deployment/gateway', namespace }, expect: others, hold: '3s' },
  'worker-drain': { fault: { drain: 'node/faults-worker' }, expect: unnoticed },
  'gateway-cut': { fault: { cut: 'deployment/gateway', namespace }, expect: noticed, hold: '5s' },
  'guarded-cut': { fault: { cut: 'deployment/guarded', namespace, direction: 'ingress' }, expect: noticed },
};

describe('a drill that kills, drains or cuts', () => {
  let world: Drilled;
  beforeAll(async () => {
    const arePodsNew = `count(time() - kube_pod_created{namespace="${namespace}", pod=~"fragile-.*"} < 20) > 0`;
    world = await drilled({
      name: 'faults',
      local: { workers: 2 },
      releases: {
        gateway: service({}, { replicas: 2, disruptionBudget: { enabled: true } }),
        fragile: service(
          { PodsAreNew: { expr: arePodsNew, severity: 'warning', summary: 'A pod was made just now' } },
          { replicas: 2 },
        ),
        guarded: service({}, { networkPolicy: { enabled: true, from: { gateway: {} } } }),
      },
      drills,
    });
  });
  afterAll(() => world.dispose());

  interface Pod extends KubernetesObject {
    readonly spec: { readonly nodeName?: string };
  }
  const podsOf = (release: string) =>
    world.client.list<Pod>(`/api/v1/namespaces/${namespace}/pods`, {
      labelSelector: `app.kubernetes.io/name=${release}`,
    });
  const uidsOf = async (release: string) => (await podsOf(release)).map(({ metadata }) => metadata.uid);
  const policies = async () => {
    const found = await world.client.list(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`);
    return found.map(({ metadata }) => metadata.name);
  };
  const cordoned = async () => {
    const nodes = await world.client.list<KubernetesObject & { readonly spec: { readonly unschedulable?: boolean } }>(
      '/api/v1/nodes',
    );
    return nodes.flatMap(({ metadata, spec }) => (spec.unschedulable === true ? [metadata.name] : []));
  };
  const cordon = (name: string, unschedulable: boolean) =>
    edit<{ spec: object }>(world.client, `/api/v1/nodes/${name}`, ({ spec }) => ({ spec: { ...spec, unschedulable } }));
  const passes = { outcome: 'passed', isRehearsed: true, reasons: [] };

  it('replaces a pod, and nobody has to be told', async () => {
    await readyFor('gateway-kill', world.sandbox);
    const before = await uidsOf('gateway');

    const document = await world.run('gateway-kill');

    const { verdict, observations, restore } = recordOf(document);
    expect(verdict).toMatchObject(passes);
    expect(document.exitCode).toBe(0);
    expect(verdict.notObserved.join('; ')).toContain('nobody answers users');
    const alerts = observations.alerts.filter(({ name, isBaseline }) => !isBaseline && name !== 'PodsAreNew');
    expect(alerts).toEqual([]);
    expect(restore?.differences).toEqual([]);
    const after = await uidsOf('gateway');
    expect(after).toHaveLength(2);
    expect(after.filter((uid) => before.includes(uid))).toHaveLength(1);
    expect(await world.leftovers()).toEqual([]);
  });

  it('kills all pods of a workload, and waits until all are back', async () => {
    const before = await uidsOf('gateway');

    const document = await world.run('gateway-all');

    const { verdict, links } = recordOf(document);
    expect(verdict).toMatchObject(passes);
    expect(links.find(({ name }) => name === 'recovered')).toMatchObject({ detail: '2 of 2 pods ready' });
    expect((await uidsOf('gateway')).filter((uid) => before.includes(uid))).toEqual([]);
  });

  it('does not kill more pods than there are', async () => {
    const document = await world.run('fragile-all');

    expect(document.exitCode).toBe(9);
    expect(document.error?.message).toBe('deployment/fragile in shop has 2 pods at work, and 3 were to be killed');
    expect(recordOf(document).marks).not.toHaveProperty('faultAt');
  });

  it('finds the weakness that an alert comes of what nobody should notice', async () => {
    const firing = async () => (await world.monitoring.prometheus.alerts()).map(({ labels }) => labels['alertname']);
    await expect.poll(firing, soon).not.toContain('PodsAreNew');

    const document = await world.run('fragile-kill');

    expect(recordOf(document).verdict).toMatchObject({
      outcome: 'weakness',
      summary: 'PodsAreNew fired, and the drill does not expect it',
    });
    expect(document.exitCode).toBe(7);
  });

  it('drains a node within the disruption budget, and lets it take pods again', async () => {
    const running = world.run('gateway-drain');
    let drained: string | undefined;
    await expect.poll(async () => ([drained] = await cordoned()), soon).toHaveLength(1);

    const document = await running;

    const { verdict, restore, observations } = recordOf(document);
    expect(verdict).toMatchObject(passes);
    expect(restore?.results).toContainEqual(
      expect.objectContaining({ subject: `node/${drained ?? ''}`, outcome: 'restored' }),
    );
    expect(await cordoned()).toEqual([]);
    const nodes = (await podsOf('gateway')).map(({ spec }) => spec.nodeName);
    expect(nodes).toHaveLength(2);
    expect(nodes).not.toContain(drained);
    // One after the other, where both were there.
    expect(Math.min(...observations.target.map(({ ready }) => ready))).toBeGreaterThan(0);
    expect(await world.leftovers()).toEqual([]);
  });

  it('does not drain what a budget keeps, what would lose its data, or the only node that takes pods', async () => {
    const { client } = world;
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'all-of-fragile', namespace },
      spec: { minAvailable: 2, selector: { matchLabels: { 'app.kubernetes.io/name': 'fragile' } } },
    };
    await client.apply(budget);
    const finding = async (drill: string) => {
      const { result, exitCode } = await world.run(drill, '--dry-run');
      const found = result?.kind === 'look' ? result.findings : [];
      return {
        exitCode,
        found: found.flatMap(({ level, message }) =>
          ['refused', 'weakness'].includes(level) ? [`${level}: ${message}`] : [],
        ),
      };
    };
    const kept = 'weakness: the disruption budget all-of-fragile in shop lets none of its pods go';
    await expect.poll(() => finding('gateway-drain'), soon).toEqual({ exitCode: 7, found: [kept] });
    await client.delete(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/all-of-fragile`);

    const labels = { app: 'cache' };
    const mount = { name: 'data', mountPath: '/data' };
    const store = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'cache', namespace },
      spec: {
        ...{ replicas: 1, serviceName: 'cache', selector: { matchLabels: labels } },
        template: {
          metadata: { labels },
          spec: {
            nodeName: 'faults-worker',
            securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [
              {
                ...{ name: 'main', image: 'registry.example/cache:1', volumeMounts: [mount] },
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
              },
            ],
            volumes: [{ name: 'data', emptyDir: {} }],
          },
        },
      },
    };
    await client.apply(store);
    const lost = 'refused: pod/cache-0 in shop keeps /data in an emptyDir, which goes with it';
    await expect.poll(() => finding('worker-drain'), soon).toEqual({ exitCode: 9, found: [lost] });
    await client.delete(`/apis/apps/v1/namespaces/${namespace}/statefulsets/cache`);
    const cache = () => client.get(`/api/v1/namespaces/${namespace}/pods/cache-0`);
    await expect.poll(cache, soon).toBeUndefined();

    await cordon('faults-worker2', true);
    const alone = 'refused: node/faults-worker is the only one that takes pods: what it runs could go nowhere';
    expect(await finding('worker-drain')).toEqual({ exitCode: 9, found: [alone] });
    await cordon('faults-worker2', false);
  });

  it('cuts a workload off by a policy that is there only as long as the fault', async () => {
    const before = await policies();
    const running = world.run('gateway-cut');
    await expect.poll(policies, soon).toHaveLength(before.length + 1);

    const document = await running;

    const { verdict } = recordOf(document);
    expect(verdict).toMatchObject(passes);
    expect(verdict.notObserved.join('; ')).toContain('users see it');
    expect(await policies()).toEqual(before);
    expect(await world.leftovers()).toEqual([]);
  });

  it('says that a policy of Kubernetes cannot cut what another one lets through', async () => {
    const document = await world.run('guarded-cut');

    expect(document.exitCode).toBe(9);
    expect(document.error?.message).toBe(
      'the network of deployment/guarded in shop cannot be cut: policies of Kubernetes only add to each other, and guarded lets traffic through',
    );
    expect(document.error?.suggestions?.join('; ')).toContain('calico');
  });
});
