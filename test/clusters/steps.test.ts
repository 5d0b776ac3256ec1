import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import type { ClusterState } from '../../src/clusters/cluster.js';
import { clusterSteps, type ClusterStepOptions } from '../../src/clusters/steps.js';
import { ClusterView } from '../../src/kubernetes/cluster-view.js';
import { contextNames, kubeconfigText } from '../../src/kubernetes/kubeconfig.js';
import type { Check, Step } from '../../src/plan/step.js';
import { fakeClient, helmSecret, type FakeClient } from '../kubernetes/fake-client.js';
import { resultsOf } from '../plan/given.js';
import { contextFor, temporaryFolder } from '../toolchain/fixture.js';
import { fakeProvider, made, running, stopped, unreachable, type FakeProvider } from './fake-provider.js';

const nodesPath = '/api/v1/nodes';
const node = (name: string, ready: boolean) => ({
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

/** The steps of a cluster whose API server answers from lists. */
function given(provider: FakeProvider, more: Partial<ClusterStepOptions> & { client?: FakeClient } = {}) {
  const { client = fakeClient(), ...options } = more;
  const now = () => Date.parse(made.at) + 2 * 3_600_000;
  const steps = clusterSteps({
    environment: 'shop',
    provider,
    view: new ClusterView(() => Promise.resolve(client), systemClock),
    clock: { ...systemClock, now },
    recreate: false,
    kubeconfig: '/nowhere/people',
    ...options,
  });
  const stepOf = (id: string): Step => {
    const found = steps.find((step) => step.id === id);
    if (!found) throw new Error(`there is no step ${id}`);
    return found;
  };
  return { steps, stepOf, check: (id: string): Promise<Check> => stepOf(id).check(contextFor()) };
}

describe('the cluster step', () => {
  it.each([
    ['absent', { status: 'absent' }, { status: 'needed', reason: 'new' }, 'create'],
    [
      'incomplete',
      { status: 'incomplete', reason: 'its making was cut short' },
      { status: 'needed', reason: 'its making was cut short; it is made again' },
      'create',
    ],
    ['stopped', stopped, { status: 'needed', reason: 'stopped: its processes are not running' }, 'start'],
    [
      'unreachable',
      unreachable,
      {
        status: 'blocked',
        by: 'the cluster does not answer: connection refused',
        fix: ['run `platform stop` and then `platform start`'],
        code: 'tool',
      },
      undefined,
    ],
    ['running', running, { status: 'satisfied', detail: 'Kubernetes 1.36.3' }, undefined],
  ] as const)('answers for a cluster that is %s, and does what that takes', async (_, state, check, call) => {
    const provider = fakeProvider({ state });
    const { stepOf } = given(provider);
    const step = stepOf('cluster');
    expect(await step.check(contextFor())).toEqual(check);
    await resultsOf([step]);
    expect(provider.calls).toEqual(call ? [`embedded ${call}`] : []);
  });

  it('never makes a new one in place of one that does not answer, even when told to recreate', async () => {
    const provider = fakeProvider({ state: unreachable });
    const results = await resultsOf([given(provider, { recreate: true }).stepOf('cluster')]);
    expect(results['cluster']).toMatchObject({ outcome: 'failed', failure: { code: 'tool' } });
    expect(provider.calls).toEqual([]);
  });

  it('waits for one whose nodes are containers and that does not answer yet, as after a restart of the engine', async () => {
    const machines = { network: 'kind', names: () => Promise.resolve([]), run: () => Promise.resolve('') };
    const provider = fakeProvider({ state: unreachable, machines });
    const step = given(provider).stepOf('cluster');
    expect(await step.check(contextFor())).toEqual({
      status: 'needed',
      reason: 'it does not answer: connection refused',
    });
    expect(await step.apply(contextFor())).toBe('started');
  });

  it('starts one that stopped answering between the look and the work', async () => {
    const provider = fakeProvider({ state: stopped });
    const step = given(provider).stepOf('cluster');
    await step.check(contextFor());
    provider.state = unreachable;
    expect(await step.apply(contextFor())).toBe('started');
  });

  it('brings a running one up to date in place where it can', async () => {
    const updates: string[] = [];
    const update = () => {
      updates.push('update');
      return Promise.resolve('2 nodes');
    };
    const provider = fakeProvider({ state: { ...running, outdated: 'its nodes changed' }, update });
    const step = given(provider).stepOf('cluster');
    expect(await step.check(contextFor())).toEqual({ status: 'needed', reason: 'its nodes changed' });
    expect((await resultsOf([step]))['cluster']).toMatchObject({ outcome: 'done', detail: '2 nodes' });
    expect(updates).toEqual(['update']);
  });

  it('needs the tools of its provider, and nothing else', () => {
    expect(given(fakeProvider({ tools: ['kwokctl', 'etcd'] })).stepOf('cluster').needs).toEqual([
      'tool/kwokctl',
      'tool/etcd',
    ]);
  });

  it('lets the view forget what it saw, however the work ends', async () => {
    const client = fakeClient();
    const view = new ClusterView(() => Promise.resolve(client), systemClock);
    await view.namespaces();
    const create = () => Promise.reject(new Error('no space'));
    const step = given(fakeProvider({ create }), { view }).stepOf('cluster');
    await expect(step.apply(contextFor())).rejects.toThrow('no space');
    await view.namespaces();
    expect(client.paths).toHaveLength(2);
  });
});

describe('a cluster that cannot become what is wanted', () => {
  const different = [{ what: 'Kubernetes', is: '1.35', wanted: '1.36' }];

  it('is left as it is, saying what differs and what a new one would lose', async () => {
    const client = fakeClient({
      lists: { '/api/v1/secrets': [helmSecret('app-services/auth'), helmSecret('traefik/traefik')] },
    });
    const provider = fakeProvider({ state: running, different });
    const { check, stepOf } = given(provider, { client });
    expect(await check('cluster')).toEqual({
      status: 'blocked',
      by: 'the cluster cannot change in place: Kubernetes is 1.35, wanted 1.36',
      fix: [
        'run the command again with --recreate; this would lose everything in it (2 releases: auth, traefik; volumes with their data; 2h 00m old)',
        'or set the environment file back to what the cluster is',
      ],
    });
    await resultsOf([stepOf('cluster')]);
    expect(provider.calls).toEqual([]);
  });

  it('says so also where nothing is installed, and where it cannot be asked', async () => {
    const fixOf = async (state: ClusterState) => {
      const check = await given(fakeProvider({ state, different })).check('cluster');
      return 'fix' in check ? check.fix[0] : '';
    };
    expect(await fixOf(running)).toContain('everything in it (no releases; volumes with their data; 2h 00m old)');
    expect(await fixOf(stopped)).toMatch(/would lose everything in it$/);
    expect(await fixOf(unreachable)).toMatch(/would lose everything in it$/);
  });

  it.each([
    ['running', running],
    ['stopped', stopped],
    ['unreachable', unreachable],
  ])('is deleted and made again with --recreate when it is %s', async (_, state) => {
    const provider = fakeProvider({ state, different });
    const { check, stepOf } = given(provider, { recreate: true });
    expect(await check('cluster')).toEqual({ status: 'needed', reason: 'recreated: Kubernetes is 1.35, wanted 1.36' });
    expect((await resultsOf([stepOf('cluster')]))['cluster']?.outcome).toBe('done');
    expect(provider.calls).toEqual(['embedded delete', 'embedded create']);
  });

  it('is not deleted without --recreate, even if it became so between the look and the work', async () => {
    const provider = fakeProvider({ state: stopped, different });
    await given(provider).stepOf('cluster').apply(contextFor());
    expect(provider.calls).toEqual(['embedded start']);
  });
});

describe('a version that the provider does not have', () => {
  const unsupported = () => 'embedded runs Kubernetes 1.36, not 1.20 (local.kubernetes)';
  const blocked = { status: 'blocked', by: unsupported(), fix: [], code: 'usage' };

  it.each([
    ['absent', { status: 'absent' } as const],
    ['incomplete', { status: 'incomplete', reason: 'cut short' } as const],
  ])('keeps a cluster that is %s from being made', async (_, state) => {
    const provider = fakeProvider({ state, unsupported });
    const { check, stepOf } = given(provider);
    expect(await check('cluster')).toEqual(blocked);
    await resultsOf([stepOf('cluster')]);
    expect(provider.calls).toEqual([]);
  });

  it('does not matter to a cluster that is there', async () => {
    expect(await given(fakeProvider({ state: running, unsupported })).check('cluster')).toMatchObject({
      status: 'satisfied',
    });
  });

  it('keeps --recreate from deleting what could not be made again', async () => {
    const different = [{ what: 'Kubernetes', is: '1.36', wanted: '1.20' }];
    const provider = fakeProvider({ state: running, unsupported, different });
    const { check, stepOf } = given(provider, { recreate: true });
    expect(await check('cluster')).toEqual(blocked);
    await resultsOf([stepOf('cluster')]);
    expect(provider.calls).toEqual([]);
  });
});

describe('an environment that was on another provider', () => {
  const before = (state: ClusterState = running, calls: string[] = []) =>
    fakeProvider({ name: 'embedded', state, calls });

  /** Runs all but what waits for nodes and writes into a kubeconfig. */
  const run = async (former: FakeProvider, provider: FakeProvider) => {
    const { steps } = given(provider, { recreate: true, previous: [former] });
    return resultsOf(steps.filter(({ id }) => id.endsWith('cluster')));
  };

  it('loses the former cluster before the new one is made', async () => {
    const calls: string[] = [];
    const former = before(running, calls);
    const results = await run(former, fakeProvider({ name: 'kind', calls }));
    expect(calls).toEqual(['embedded delete', 'kind create']);
    expect(results['previous-cluster']).toMatchObject({
      title: 'previous embedded cluster',
      outcome: 'done',
      reason: 'the environment was on embedded; that cluster is removed with its data',
      detail: '2 things removed',
    });
    expect(await former.remains()).toEqual([]);
  });

  it('removes also a former cluster that does not answer, is half made, or left only parts behind', async () => {
    for (const state of [unreachable, stopped, { status: 'incomplete', reason: 'cut short' } as const]) {
      const former = before(state);
      await run(former, fakeProvider({ name: 'kind' }));
      expect(former.calls, state.status).toEqual(['embedded delete']);
    }
    for (const left of [
      fakeProvider({ state: { status: 'absent' }, parts: ['volume data'] }),
      fakeProvider({ state: stopped, parts: [] }),
    ]) {
      await run(left, fakeProvider({ name: 'kind' }));
      expect(left.calls).toEqual(['embedded delete']);
    }
  });

  it('has nothing to do where the former cluster is gone already', async () => {
    const former = fakeProvider();
    const provider = fakeProvider({ name: 'kind' });
    expect((await run(former, provider))['previous-cluster']).toMatchObject({ outcome: 'unchanged', detail: 'none' });
    expect(former.calls).toEqual([]);
    expect(provider.calls).toEqual(['kind create']);
  });

  it('does not get a new cluster while the former one cannot be removed', async () => {
    const former = fakeProvider({ state: running, delete: () => Promise.reject(new Error('docker does not answer')) });
    const provider = fakeProvider({ name: 'kind' });
    const results = await run(former, provider);
    expect(results['cluster']).toMatchObject({ outcome: 'skipped', because: 'previous-cluster' });
    expect(provider.calls).toEqual([]);
  });

  it('has no such step when it was not', () => {
    const { steps } = given(fakeProvider());
    expect(steps.map(({ id }) => id)).toEqual(['cluster', 'nodes', 'kubeconfig']);
  });
});

describe('the nodes step', () => {
  it('is satisfied when there are nodes and all are ready', async () => {
    expect(await given(fakeProvider({ state: running })).check('nodes')).toEqual({
      status: 'satisfied',
      detail: '1 ready',
    });
  });

  it.each([
    [
      [
        { name: 'a', ready: true },
        { name: 'b', ready: false },
      ],
      'not ready: b',
    ],
    [[], 'there are none yet'],
  ])('names the nodes that are missing: %j', async (nodes, reason) => {
    const state = { ...running, nodes };
    expect(await given(fakeProvider({ state })).check('nodes')).toEqual({ status: 'needed', reason });
  });

  it('tells a cluster that does not answer from one that is not there', async () => {
    expect(await given(fakeProvider()).check('nodes')).toEqual({ status: 'needed', reason: 'the cluster is absent' });
    expect(await given(fakeProvider({ state: unreachable })).check('nodes')).toMatchObject({
      reason: 'the cluster is unreachable',
    });
  });

  it('waits until all are ready and says for which', async () => {
    const client = fakeClient({ lists: { [nodesPath]: [] } });
    const worlds = [
      [node('a', true), node('b', false)],
      [node('a', true), node('b', true)],
    ];
    const clock = {
      now: () => 0,
      sleep: () => {
        client.lists[nodesPath] = worlds.shift() ?? [];
        return Promise.resolve();
      },
    };
    const context = contextFor();
    expect(await given(fakeProvider(), { client, clock }).stepOf('nodes').apply(context)).toBe('2 ready');
    expect(context.said.map(({ message }) => message)).toEqual(['there are none yet', 'not ready: b']);
  });
});

describe('the kubeconfig step', () => {
  const access = { cluster: { server: 'https://127.0.0.1:6443' }, user: { token: 'secret' } };

  const inFolder = async () => {
    const folder = await temporaryFolder();
    const own = join(folder, 'own');
    const kubeconfig = join(folder, 'people');
    await writeFile(own, kubeconfigText('platform-shop', access));
    return { kubeconfig, ...given(fakeProvider({ state: running, kubeconfig: own }), { kubeconfig }) };
  };

  it('puts the context among those of the user, once', async () => {
    const { kubeconfig, check, stepOf } = await inFolder();
    expect(await check('kubeconfig')).toEqual({ status: 'needed', reason: `${kubeconfig} does not have it` });
    expect(await stepOf('kubeconfig').apply(contextFor())).toBe(`current context in ${kubeconfig}`);
    expect(await contextNames(kubeconfig)).toEqual(['platform-shop']);
    expect(await check('kubeconfig')).toEqual({ status: 'satisfied' });
  });

  it('sees that the access has changed', async () => {
    const { kubeconfig, check, stepOf } = await inFolder();
    await stepOf('kubeconfig').apply(contextFor());
    await writeFile(kubeconfig, (await readFile(kubeconfig, 'utf8')).replace('secret', 'another'));
    expect(await check('kubeconfig')).toMatchObject({ status: 'needed' });
  });

  it('does not look for an access while there is no cluster', async () => {
    expect(await given(fakeProvider()).check('kubeconfig')).toMatchObject({ status: 'needed' });
  });
});
