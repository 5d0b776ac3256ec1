import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isOwnNamespace, namespaceSteps } from '../../src/namespaces/namespace-steps.js';
import type { NamespaceSettings, Release } from '../../src/environment/environment.js';
import { send } from '../kubernetes/api-server.js';
import { cluster, context, type Cluster } from '../releases/cluster.js';
import { catalogueEntry, release } from '../releases/release.js';

let world: Cluster;
beforeEach(async () => {
  world = await cluster();
});
afterEach(() => world.api.close());

/** How often it was asked whether the environment is still ours. */
let asked = 0;
const ensureOwned = () => {
  asked += 1;
  return Promise.resolve();
};

const at = (level: string) => catalogueEntry('x', { podSecurity: { level, reason: 'it needs the host' } });
const restricted = release('auth');
const baseline = release('proxy', { catalogue: at('baseline') });
const privileged = release('exporter', { catalogue: at('privileged') });

/** What the environment file says of its namespaces. */
let settings: Readonly<Record<string, NamespaceSettings>> = {};
beforeEach(() => {
  settings = {};
});

function steps(tenants: readonly Release[], installed = tenants) {
  return namespaceSteps({
    ...world,
    environment: 'dev',
    settings,
    tenants,
    installed,
    needs: ['cluster'],
    ensureOwned,
  });
}

function step(tenants: readonly Release[], installed = tenants) {
  const [found] = steps(tenants, installed);
  if (!found) throw new Error('there is no step');
  return found;
}

const told = release('agent', { podSecurity: { level: 'baseline', reason: 'it reads logs' } });

const path = '/api/v1/namespaces/shop';
const labelsOf = () => world.api.objects.get(path)?.metadata?.labels;
const wanted = {
  'platform.dev/environment': 'dev',
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
};

describe('the namespaces of some releases', () => {
  it('are one step each, however many releases are in them', () => {
    const found = steps([restricted, baseline, release('traefik', { namespace: 'traefik' })]);
    expect(found.map(({ id, needs }) => [id, needs])).toEqual([
      ['namespace/shop', ['cluster']],
      ['namespace/traefik', ['cluster']],
    ]);
  });

  it.each(['default', 'kube-system', 'kube-public', 'kube-node-lease'])(
    'are not ours where every cluster has %s',
    (namespace) => {
      expect(steps([release('x', { namespace })])).toEqual([]);
      expect(isOwnNamespace(namespace)).toBe(false);
    },
  );

  it('are none for releases that are not installed now', () => {
    expect(steps([restricted], [])).toEqual([]);
  });
});

describe('the Pod Security level of a namespace', () => {
  it.each<[string, readonly Release[]]>([
    ['restricted', [restricted]],
    ['baseline', [restricted, baseline]],
    ['privileged', [privileged, restricted, baseline]],
    ['baseline', [restricted, told]],
  ])('is %s, the loosest that any release in it needs', async (level, tenants) => {
    await step(tenants).apply(context());
    expect(labelsOf()).toEqual({
      ...wanted,
      'pod-security.kubernetes.io/enforce': level,
      'pod-security.kubernetes.io/warn': level,
    });
  });

  it('does not become stricter because only some of its releases take part in a run', async () => {
    await step([restricted, privileged], [restricted]).apply(context());
    expect(labelsOf()?.['pod-security.kubernetes.io/enforce']).toBe('privileged');
  });
});

describe('a namespace', () => {
  it('is made when it is not there', async () => {
    expect(await step([restricted]).check(context())).toEqual({ status: 'needed', reason: 'new' });
    await step([restricted]).apply(context());
    expect(await step([restricted]).check(context())).toEqual({ status: 'satisfied' });
  });

  it('is written only while the environment is still ours', async () => {
    asked = 0;
    await step([restricted]).apply(context());
    expect(asked).toBe(1);
  });

  it('is labelled again when somebody changed a label of ours, and only then', async () => {
    const labels = { ...wanted, 'pod-security.kubernetes.io/enforce': 'baseline', team: 'shop' };
    world.api.objects.set(path, { metadata: { name: 'shop', labels } });
    expect(await step([restricted]).check(context())).toEqual({
      status: 'needed',
      reason: 'its label pod-security.kubernetes.io/enforce is not restricted',
    });
    world.view.forget();
    world.api.objects.set(path, { metadata: { name: 'shop', labels: { ...wanted, team: 'shop' } } });
    expect(await step([restricted]).check(context())).toEqual({ status: 'satisfied' });
  });

  it('that is still ending is waited for, and then made anew', async () => {
    const conditions = [
      { type: 'NamespaceContentRemaining', status: 'True', message: 'Some resources are remaining: pods. has 2' },
      { type: 'NamespaceDeletionContentFailure', status: 'False', message: 'All content successfully deleted' },
    ];
    const ending = { metadata: { name: 'shop', labels: wanted }, status: { phase: 'Terminating', conditions } };
    world.api.objects.set(path, ending);
    expect(await step([restricted]).check(context())).toEqual({
      status: 'needed',
      reason: 'the former one is still ending',
    });
    world.onSleep = (elapsed) => {
      if (elapsed > 2_000) world.api.objects.delete(path);
    };
    const said = context();
    await step([restricted]).apply(said);
    expect(said.messages[0]).toBe('waiting for the end of the former one: Some resources are remaining: pods. has 2');
    expect(world.api.objects.get(path)).not.toHaveProperty('status');
    expect(labelsOf()).toEqual(wanted);
  });
});

describe('a namespace that is bounded', () => {
  const all: NamespaceSettings = {
    isolated: true,
    quota: { pods: '60', 'requests.memory': '2048Mi' },
    defaults: { requests: { cpu: '50m' }, limits: { memory: '1Gi' } },
  };
  const none: NamespaceSettings = { isolated: false, quota: {}, defaults: { requests: {}, limits: {} } };
  const quotaPath = '/api/v1/namespaces/shop/resourcequotas/platform';
  const limitPath = '/api/v1/namespaces/shop/limitranges/platform';
  const policyPath = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/deny-all';
  const bounds = [limitPath, policyPath, quotaPath];

  const specOf = (at: string) => world.api.objects.get(at)?.['spec'];
  const annotations = () => world.api.objects.get(path)?.metadata?.['annotations'];
  const edit = (at: string, spec: object) => {
    world.view.forget();
    world.api.objects.set(at, { ...world.api.objects.get(at), spec });
  };
  const check = () => step([restricted]).check(context());
  const apply = (said = context()) => step([restricted]).apply(said);
  const lists = () => world.api.requests.filter(({ method, query }) => method === 'GET' && query['fieldSelector']);

  beforeEach(() => {
    settings = { shop: all };
    // The controller manager counts what a quota limits.
    world.onSleep = () => {
      const quota = world.api.objects.get(quotaPath);
      const { hard } = quota?.['spec'] as { hard: Record<string, string> };
      world.api.objects.set(quotaPath, { ...quota, status: { used: hard } });
    };
  });

  it('gets a quota, defaults for containers and a policy that lets nothing through', async () => {
    await apply();

    expect(specOf(quotaPath)).toEqual({ hard: { pods: '60', 'requests.memory': '2048Mi' } });
    expect(specOf(limitPath)).toEqual({
      limits: [{ type: 'Container', default: { memory: '1Gi' }, defaultRequest: { cpu: '50m', memory: '1Gi' } }],
    });
    expect(specOf(policyPath)).toEqual({
      ...{ podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [], egress: [] },
    });
    for (const at of bounds) {
      expect(world.api.objects.get(at)?.metadata?.labels).toEqual({
        'platform.dev/environment': 'dev',
        'platform.dev/section': 'namespaces',
      });
    }
    expect(await check()).toEqual({ status: 'satisfied' });
  });

  it('says on itself what was put into it, before it is put there', async () => {
    world.api.answer = (_, { path: at, method }) => {
      if (method === 'PATCH' && at !== path)
        expect(annotations()).toEqual({ 'platform.dev/bounds': 'LimitRange,NetworkPolicy,ResourceQuota' });
      return false;
    };
    await apply();
    expect(annotations()).toEqual({ 'platform.dev/bounds': 'LimitRange,NetworkPolicy,ResourceQuota' });
  });

  it('is not done before its quota is counted: everything it counts would be refused', async () => {
    const said = context();
    let looks = 0;
    const count = world.onSleep;
    world.onSleep = (elapsed) => {
      looks += 1;
      if (looks === 3) count(elapsed);
    };
    await apply(said);
    expect(looks).toBe(3);
    expect(said.messages[0]).toBe('waiting for the controller manager to count what its quota limits');
  });

  it('is looked at with one list for each kind, however many namespaces there are', async () => {
    settings = { shop: all, traefik: all };
    const two = [restricted, release('traefik', { namespace: 'traefik' })];
    await Promise.all(steps(two).map((one) => one.check(context())));
    expect(lists()).toEqual([]);
    for (const name of ['shop', 'traefik'])
      world.api.objects.set(`/api/v1/namespaces/${name}`, { metadata: { name, labels: wanted } });
    world.view.forget();

    await Promise.all(steps(two).map((one) => one.check(context())));

    expect(
      lists()
        .map(({ path: at, query }) => `${at} ${query['fieldSelector'] ?? ''}`)
        .sort(),
    ).toEqual([
      '/api/v1/limitranges metadata.name=platform',
      '/api/v1/resourcequotas metadata.name=platform',
      '/apis/networking.k8s.io/v1/networkpolicies metadata.name=deny-all',
    ]);
  });

  it('costs no request of its own where nothing is asked for', async () => {
    settings = { shop: none };
    await apply();
    await check();
    expect(lists()).toEqual([]);
    expect(annotations()).toBeUndefined();
  });

  it.each<[string, object, string]>([
    [
      quotaPath,
      { hard: { pods: '61', 'requests.memory': '2Gi' } },
      'its ResourceQuota platform is not as wanted: spec.hard.pods',
    ],
    [
      quotaPath,
      { hard: { ...all.quota, secrets: '3' } },
      'its ResourceQuota platform is not as wanted: spec.hard.secrets',
    ],
    [
      policyPath,
      { podSelector: { matchLabels: { app: 'a' } }, policyTypes: ['Ingress', 'Egress'] },
      'its NetworkPolicy deny-all is not as wanted: spec.podSelector',
    ],
    [
      policyPath,
      { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}] },
      'its NetworkPolicy deny-all is not as wanted: spec.ingress',
    ],
    [
      policyPath,
      { podSelector: {}, policyTypes: ['Ingress'] },
      'its NetworkPolicy deny-all is not as wanted: spec.policyTypes',
    ],
    [limitPath, { limits: [] }, 'its LimitRange platform is not as wanted: spec.limits'],
  ])('is seen to when somebody changed %s to %j', async (at, spec, reason) => {
    await apply();
    edit(at, spec);
    expect(await check()).toEqual({ status: 'needed', reason });
    await apply();
    expect(await check()).toEqual({ status: 'satisfied' });
  });

  it('is as wanted where amounts are only written in another way', async () => {
    await apply();
    edit(quotaPath, { hard: { pods: '60', 'requests.memory': '2Gi' } });
    edit(limitPath, {
      limits: [{ type: 'Container', default: { memory: '1024Mi' }, defaultRequest: { cpu: '0.05', memory: '1Gi' } }],
    });
    edit(policyPath, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(await check()).toEqual({ status: 'satisfied' });
  });

  it.each([
    [quotaPath, 'its ResourceQuota platform is not there'],
    [policyPath, 'its NetworkPolicy deny-all is not there'],
  ])('is seen to when %s is gone', async (at, reason) => {
    await apply();
    world.api.objects.delete(at);
    world.view.forget();
    expect(await check()).toEqual({ status: 'needed', reason });
  });

  it('loses what is no longer wanted, and only that', async () => {
    await apply();
    settings = { shop: { ...none, isolated: true } };
    expect(await check()).toEqual({ status: 'needed', reason: 'its LimitRange platform is no longer wanted' });
    await apply();
    expect(bounds.filter((at) => world.api.objects.has(at))).toEqual([policyPath]);
    expect(annotations()).toEqual({ 'platform.dev/bounds': 'NetworkPolicy' });
    expect(await check()).toEqual({ status: 'satisfied' });

    settings = {};
    expect(await check()).toEqual({ status: 'needed', reason: 'its NetworkPolicy deny-all is no longer wanted' });
    await apply();
    expect(bounds.filter((at) => world.api.objects.has(at))).toEqual([]);
    expect(annotations()).toBeUndefined();
    expect(await check()).toEqual({ status: 'satisfied' });
  });

  it('knows after a run that was cut short that there is something to be removed', async () => {
    await apply();
    settings = {};
    world.api.answer = (response, { method, path: at }) =>
      method === 'DELETE' && at === quotaPath && send(response, 500, {});
    await expect(apply()).rejects.toThrow();
    world.api.answer = () => false;
    expect(await check()).toMatchObject({ status: 'needed' });
    await apply();
    expect(world.api.objects.has(quotaPath)).toBe(false);
  });

  it('leaves alone what somebody else calls by our names, and says whose it is not', async () => {
    world.api.objects.set(path, { metadata: { name: 'shop', labels: wanted } });
    world.api.objects.set(policyPath, { metadata: { name: 'deny-all', namespace: 'shop' }, spec: {} });
    expect(await check()).toEqual({
      status: 'blocked',
      by: 'there is a NetworkPolicy deny-all in shop already, which is not ours',
      fix: [
        'remove it: kubectl delete networkpolicy deny-all --namespace shop',
        'or take what asks for ours out of namespaces.shop of the environment file',
      ],
      code: 'conflict',
    });
    settings = {};
    expect(await check()).toEqual({ status: 'satisfied' });
  });

  it("does not remove what is somebody else's by now", async () => {
    await apply();
    world.api.objects.set(quotaPath, { metadata: { name: 'platform', namespace: 'shop' }, spec: { hard: {} } });
    settings = {};
    await apply();
    expect(bounds.filter((at) => world.api.objects.has(at))).toEqual([quotaPath]);
  });
});
