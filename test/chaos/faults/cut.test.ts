import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { calicoSelector } from '../../../src/chaos/faults/calico-policy.js';
import { planCut } from '../../../src/chaos/faults/cut.js';
import { apiServer, send, type ApiServer } from '../../kubernetes/api-server.js';
import { givenClock, postgres, putPod, putWorkload, run } from '../given.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
  putWorkload(api, postgres);
  putPod(api, 'postgres-0', { labels: { app: 'postgres', 'statefulset.kubernetes.io/pod-name': 'postgres-0' } });
});
afterEach(() => api.close());

const signal = new AbortController().signal;
const plan = (
  direction: 'ingress' | 'egress' | 'both' = 'ingress',
  simulation?: string,
  connections: 'end' | 'keep' = 'keep',
) =>
  planCut(
    { type: 'cut', target: postgres, direction, connections },
    { run, signal },
    { client: api.client, clock: givenClock(), provider: { name: 'kind', simulation } },
  );
const policies = '/apis/networking.k8s.io/v1/namespaces/app-services/networkpolicies';
const putPolicy = (name: string, spec: object) => api.objects.set(`${policies}/${name}`, { metadata: { name }, spec });
const everything = { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] };

/** Calico's definitions, or its own API, as discovery shows them. */
function serve(path: string): void {
  const before = api.answer;
  const document = { resources: [{ name: 'networkpolicies' }] };
  api.answer = (response, request) =>
    request.path === path ? send(response, 200, document) : before(response, request);
}

describe('cutting the network of a workload', () => {
  it('takes a plain policy where nobody allows anything', async () => {
    putPolicy('nothing-in', { podSelector: {}, policyTypes: ['Ingress'] });
    putPolicy('of-others', { ...everything, podSelector: { matchLabels: { app: 'redis' } } });
    putPolicy('out', { podSelector: {}, egress: [{}] });

    const { changes, inject } = await plan();
    const { detail } = await inject(signal);

    const name = `drill-${run}`;
    expect(changes).toEqual([
      { type: 'object', path: `${policies}/${name}`, subject: `networkpolicy/${name} in app-services` },
    ]);
    expect(api.objects.get(`${policies}/${name}`)).toMatchObject({
      metadata: { labels: { 'platform.dev/run': run } },
      spec: { podSelector: { matchLabels: { app: 'postgres' } }, policyTypes: ['Ingress'] },
    });
    expect(detail).toBe(
      `networkpolicy/${name} in app-services denies new connections (ingress) of statefulset/postgres in app-services`,
    );
  });

  it('says where nothing enforces it', async () => {
    const { inject } = await plan('both', 'simulated');
    expect((await inject(signal)).detail).toMatch(/\(ingress and egress\).*simulated pods have no network/);
  });

  it('ends open connections with the pods that have them, once nobody can open new ones', async () => {
    const { changes, inject } = await plan('ingress', undefined, 'end');

    const { detail } = await inject(signal);

    expect(changes.map(({ subject }) => subject)).toEqual([
      `networkpolicy/drill-${run} in app-services`,
      'pod/postgres-0 in app-services',
    ]);
    const writes = api.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
    expect(writes).toEqual([`POST ${policies}`, 'DELETE /api/v1/namespaces/app-services/pods/postgres-0']);
    expect(detail).toContain('denies connections, open ones ended with their pods, (ingress)');
  });

  it('looks at labels that only pods have', async () => {
    putPolicy('pod', {
      podSelector: { matchLabels: { 'statefulset.kubernetes.io/pod-name': 'postgres-0' } },
      ingress: [{}],
    });
    await expect(plan()).rejects.toThrow('and pod lets traffic through');
  });

  it('names the policies that allow, where only Kubernetes has any', async () => {
    putPolicy('one', everything);
    putPolicy('two', { podSelector: { matchLabels: { app: 'postgres' } }, ingress: [{}] });
    await expect(plan()).rejects.toMatchObject({
      code: 'conflict',
      message:
        'the network of statefulset/postgres in app-services cannot be cut: policies of Kubernetes only add to each other, and one, two let traffic through',
    });
  });

  it('does not happen when an allowing policy came in between, or there is one of its name', async () => {
    const { inject, changes } = await plan();
    putPolicy(`drill-${run}`, { podSelector: {}, policyTypes: ['Ingress'] });
    await expect(inject(signal)).rejects.toThrow(`there is a ${changes[0]?.subject ?? ''} already`);
    putPolicy('late', everything);
    await expect(inject(signal)).rejects.toThrow('the networkpolicy late lets traffic through');
  });

  it('knows its own policy again where the answer was lost', async () => {
    const { inject } = await plan();
    api.answer = (response, { method }) => {
      if (method !== 'POST') return false;
      putPolicy(`drill-${run}`, {});
      response.destroy();
      return true;
    };
    await inject(signal);
    expect(api.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});

describe('a policy of Calico', () => {
  beforeEach(() => {
    putPolicy('allowing', everything);
  });
  const collection = '/apis/crd.projectcalico.org/v1/namespaces/app-services/networkpolicies';
  const information = '/apis/crd.projectcalico.org/v1/clusterinformations/default';
  const calico = (calicoVersion: string) =>
    api.objects.set(information, { metadata: { name: 'default' }, spec: { calicoVersion } });

  it('denies before all others are asked', async () => {
    serve('/apis/crd.projectcalico.org/v1');
    calico('v3.32.1');

    const { changes, inject } = await plan('both');
    await inject(signal);

    expect(changes).toMatchObject([{ path: `${collection}/drill-${run}` }]);
    expect(api.objects.get(`${collection}/drill-${run}`)).toMatchObject({
      apiVersion: 'crd.projectcalico.org/v1',
      spec: {
        ...{ tier: 'default', order: 0, selector: "app == 'postgres'", types: ['Ingress', 'Egress'] },
        ...{ ingress: [{ action: 'Deny' }], egress: [{ action: 'Deny' }] },
      },
    });
  });

  it.each([
    ['v3.32.1', 'drill-'],
    ['v3.33.0', 'drill-'],
    ['v3.31.2', 'default.drill-'],
    ['v3.28.0', 'default.drill-'],
  ])('is called as Calico %s stores it: %s…', async (version, prefix) => {
    serve('/apis/crd.projectcalico.org/v1');
    calico(version);
    const { changes, grants } = await plan();
    expect(changes).toMatchObject([{ path: `${collection}/${prefix}${run}` }]);
    expect(grants[0]).toMatchObject({ rules: [{ resourceNames: [`${prefix}${run}`] }, { resources: ['roles'] }] });
  });

  it('goes through Calico’s own API where that is served, with the rights that it asks for', async () => {
    serve('/apis/crd.projectcalico.org/v1');
    serve('/apis/projectcalico.org/v3');
    calico('v3.28.0');
    const { changes, grants } = await plan();
    const path = `/apis/projectcalico.org/v3/namespaces/app-services/networkpolicies/drill-${run}`;
    expect(changes).toMatchObject([{ path }]);
    expect(grants.map(({ kind }) => kind)).toEqual(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']);
    expect(JSON.stringify(grants)).toContain(`"tier.networkpolicies"],"resourceNames":["default.drill-${run}"]`);
  });

  it('does without an API whose server is broken', async () => {
    serve('/apis/crd.projectcalico.org/v1');
    const before = api.answer;
    api.answer = (response, request) =>
      request.path === '/apis/projectcalico.org/v3'
        ? send(response, 503, { reason: 'ServiceUnavailable', message: 'no endpoints' })
        : before(response, request);
    expect((await plan()).changes).toMatchObject([
      { path: expect.stringContaining('crd.projectcalico.org') as string },
    ]);
  });

  it.each([
    [{}, 'all()'],
    [{ matchLabels: { app: 'web', 'a/b': 'c' } }, "app == 'web' && a/b == 'c'"],
    [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['x', 'y'] }] }, "a in {'x', 'y'}"],
    [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['x'] }] }, "a not in {'x'}"],
    [
      {
        matchExpressions: [
          { key: 'a', operator: 'Exists' },
          { key: 'b', operator: 'DoesNotExist' },
        ],
      },
      'has(a) && !has(b)',
    ],
  ])('selects %j as %s', (selector, expected) => {
    expect(calicoSelector(selector)).toBe(expected);
  });
});
