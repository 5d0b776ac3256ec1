import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openMetrics } from '../../../assets/apps/src/kit/metrics.js';
import { ApiRefusal, connectApiServer, type ReaperApi } from '../../../assets/apps/src/reaper/api-server.js';
import type { DrillConfigMap } from '../../../assets/apps/src/reaper/drills.js';
import { intents, type Change, type Intent, type Restoration } from '../../../assets/apps/src/reaper/intent.js';
import { reaperMetrics } from '../../../assets/apps/src/reaper/reaper-metrics.js';
import { openReaper } from '../../../assets/apps/src/reaper/reaper.js';
import { restoreChange } from '../../../assets/apps/src/reaper/restore.js';
import { reaper } from '../../../assets/apps/src/reaper/service.js';
import { systemClock } from '../../../src/clock.js';
import type { Environment } from '../../../src/environment/environment.js';
import { connect, type ClusterClient } from '../../../src/kubernetes/client.js';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { kubeconfigText, readAccess } from '../../../src/kubernetes/kubeconfig.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import { namespaceSteps } from '../../../src/namespaces/namespace-steps.js';
import { asset } from '../../../src/paths.js';
import { recordStep } from '../../../src/releases/record-step.js';
import { withoutFile } from '../../../src/usecases/environment-of-record.js';
import { ask, askUntil, running } from '../../apps/running.js';
import { rendered, serviceChart } from '../../charts/helm.js';
import { release } from '../../releases/release.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const apps = '/apis/apps/v1/namespaces/app-services';
const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

let plane: ControlPlane;
/** As administrator. */
let client: ClusterClient;
/** As the ServiceAccount of the release. */
let kubeconfig = '';
let api: ReaperApi;
const ended = new AbortController();
beforeAll(async () => {
  plane = await controlPlane('reap');
  await plane.provider.create(stepContext());
  client = await plane.client({ answerTimeoutMs: 15_000 });
  for (const name of [intents.namespace, 'app-services']) await client.apply(namespace(name));
  const args = ['--values', asset('helm-values', 'reaper', 'values.yaml'), '--set', 'environment=reap'];
  const release = await rendered('reaper', serviceChart, { namespace: intents.namespace, args });
  for (const { kind, metadata, ...object } of release) {
    if (!['ServiceAccount', 'Role', 'RoleBinding'].includes(kind)) continue;
    await client.apply({ ...object, kind, metadata: { ...metadata, namespace: intents.namespace } });
  }
  kubeconfig = await kubeconfigOf('reaper');
  api = connectApiServer(kubeconfig, ended.signal);
});
afterAll(async () => {
  ended.abort();
  await plane.dispose();
});

/** A kubeconfig with a token of a ServiceAccount in platform-system. */
async function kubeconfigOf(account: string): Promise<string> {
  const path = `/api/v1/namespaces/${intents.namespace}/serviceaccounts/${account}/token`;
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const { status } = await client.create<{ status: { token: string } }>(path, request);
  const { cluster } = await readAccess(plane.provider.kubeconfig);
  const file = join(plane.sandbox.folder, `${account}.kubeconfig`);
  await writeFile(file, kubeconfigText(account, { cluster, user: { token: status.token } }));
  return file;
}

let count = 0;
let workload = '';
let run = '';
beforeEach(() => {
  count += 1;
  workload = `postgres-${String(count)}`;
  run = `run-${String(count)}`;
});

const scalePath = () => `${apps}/statefulsets/${workload}/scale`;
const replicas = async () => (await client.get<{ spec: { replicas?: number } }>(scalePath()))?.spec.replicas ?? 0;
async function scale(to: number): Promise<void> {
  await client.replace(scalePath(), {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: workload, namespace: 'app-services' },
    spec: { replicas: to },
  });
}

async function statefulSet(): Promise<Change> {
  const made = await client.apply({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: workload, namespace: 'app-services' },
    spec: {
      replicas: 2,
      serviceName: workload,
      selector: { matchLabels: { app: workload } },
      template: {
        metadata: { labels: { app: workload } },
        spec: { containers: [{ name: 'a', image: 'a.example/a' }] },
      },
    },
  } as KubernetesObject);
  const path = `${apps}/statefulsets/${workload}`;
  return { type: 'scale', path, uid: made.metadata.uid ?? '', subject: `statefulset/${workload}`, from: 2, to: 0 };
}

/** The Role by which a drill lets the reaper take this one scale back, and the Role with it. */
async function grant(): Promise<string> {
  const metadata = { name: `drill-${run}`, namespace: 'app-services' };
  const { uid } = (
    await client.create(`${rbac}/namespaces/app-services/roles`, {
      metadata,
      rules: [
        {
          apiGroups: ['apps'],
          resources: ['statefulsets/scale'],
          resourceNames: [workload],
          verbs: ['get', 'update'],
        },
        {
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['roles'],
          resourceNames: [metadata.name],
          verbs: ['delete'],
        },
      ],
    })
  ).metadata;
  const owner = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', name: metadata.name, uid };
  await client.create(`${rbac}/namespaces/app-services/rolebindings`, {
    metadata: { ...metadata, ownerReferences: [owner] },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', name: intents.reaper, namespace: intents.namespace }],
  });
  return `${rbac}/namespaces/app-services/roles/${metadata.name}`;
}

const drillPath = () => `${intents.collection}/${intents.name(run)}`;
const drill = () => client.get<DrillConfigMap>(drillPath());
async function restoration(): Promise<Restoration | undefined> {
  const text = (await drill())?.data?.[intents.keys.restoration];
  return text === undefined ? undefined : (JSON.parse(text) as Restoration);
}

/** A StatefulSet of 2 scaled to 0 by a drill of whose owner nothing is heard after this. */
async function open(given: Partial<Intent> = {}): Promise<Intent> {
  const change = await statefulSet();
  const intent: Intent = {
    ...{ version: 1, run, drill: 'db-down', environment: 'reap', owner: 'ann@build-7/7', expireAfterSeconds: 30 },
    ...{ startedAt: new Date().toISOString(), restoreCommand: `platform chaos restore ${run}` },
    ...{ changes: [change], grants: [await grant()] },
    ...given,
  };
  await client.create(intents.collection, {
    metadata: { name: intents.name(run), labels: { [intents.label]: intent.drill } },
    data: { [intents.keys.intent]: JSON.stringify(intent), [intents.keys.heartbeat]: '0' },
  });
  await scale(0);
  return intent;
}
const beat = (text: string) => api.patch(drillPath(), { data: { [intents.keys.heartbeat]: text } });

/** A reaper whose seconds pass only here: a look every two of them. */
function watching() {
  let now = 0;
  const said: string[] = [];
  const say = (...words: unknown[]) => said.push(String(words.at(-1)));
  const one = openReaper({
    ...{ api, by: 'test', countAtMostMs: 6_000, metrics: reaperMetrics(openMetrics().registry) },
    log: { info: say, warn: say, error: say },
    monotonicNow: () => now,
    now: () => new Date(),
  });
  const passes = async (seconds: number) => {
    for (let passed = 0; passed <= seconds; passed += 2) {
      await one.look();
      now += 2_000;
    }
  };
  return { said, passes };
}

describe('the reaper, with the rights of its release and of a drill', () => {
  it('takes the replicas back, writes it down, and gives its rights back', async () => {
    const { grants } = await open();
    const { passes, said } = watching();
    await passes(28);
    expect(await replicas()).toBe(0);

    await passes(4);

    expect(await replicas()).toBe(2);
    expect(await restoration()).toMatchObject({
      by: 'test',
      results: [{ subject: `statefulset/${workload}`, outcome: 'restored', detail: '2 replicas again' }],
    });
    expect(await client.get(grants[0] ?? '')).toBeUndefined();
    // Its binding goes with it, and with that the right to ask.
    await eventually(async () =>
      (await client.get(`${rbac}/namespaces/app-services/rolebindings/drill-${run}`)) ? undefined : true,
    );
    await expect(api.get(scalePath())).rejects.toMatchObject({ status: 403 });
    await passes(60);
    expect(said.join('\n')).not.toContain('not restored');
  });

  it('leaves it alone while heartbeats come', async () => {
    await open();
    const { passes } = watching();
    for (const text of ['1', '2', '3']) {
      await passes(26);
      await beat(text);
    }
    expect(await replicas()).toBe(0);
    await passes(34);
    expect(await replicas()).toBe(2);
  });

  it('leaves what somebody else set meanwhile, and says so', async () => {
    await open();
    await scale(1);
    await watching().passes(32);
    expect(await replicas()).toBe(1);
    expect((await restoration())?.results).toMatchObject([{ outcome: 'foreign', detail: 'somebody set 1 replica' }]);
  });

  it('leaves alone what was made anew under the same name, and what is gone', async () => {
    await open();
    await client.delete(`${apps}/statefulsets/${workload}`);
    await statefulSet();
    await scale(0);
    await watching().passes(32);
    expect(await replicas()).toBe(0);
    expect((await restoration())?.results).toMatchObject([{ outcome: 'replaced' }]);

    run = `${run}-gone`;
    const intent = await open();
    await client.delete(`${apps}/statefulsets/${workload}`);
    await watching().passes(32);
    expect((await restoration())?.results).toMatchObject([{ subject: intent.changes[0]?.subject, outcome: 'gone' }]);
  });

  it('does it once when there are two of them', async () => {
    await open();
    const generation = async () => (await client.get(`${apps}/statefulsets/${workload}`))?.metadata.generation ?? 0;
    const before = await generation();
    const both = [watching(), watching()];
    await Promise.all(both.map(({ passes }) => passes(40)));
    expect(await replicas()).toBe(2);
    expect(await generation()).toBe(before + 1);
    // Who is late may find that the other has given the rights back already.
    const failures = both.flatMap(({ said }) => said).filter((words) => words.includes('not restored'));
    expect(failures.filter((words) => !words.includes('403'))).toEqual([]);
  });

  it('can do nothing without the drill’s Role, says so, and does it as soon as it may', async () => {
    await open();
    await client.delete(`${rbac}/namespaces/app-services/roles/drill-${run}`);
    const { passes, said } = watching();
    await eventually(() =>
      api.get(scalePath()).then(
        () => undefined,
        () => true,
      ),
    );
    await passes(40);
    expect(await replicas()).toBe(0);
    expect(await restoration()).toBeUndefined();
    expect(said).toContainEqual(expect.stringMatching(/not restored yet: .*403/));

    await eventually(async () =>
      (await client.get(`${rbac}/namespaces/app-services/rolebindings/drill-${run}`)) ? undefined : true,
    );
    await grant();
    await eventually(async () => {
      await passes(0);
      return (await restoration()) ? true : undefined;
    });
    expect(await replicas()).toBe(2);
  });
});

describe('the rights of the release', () => {
  /** What a ServiceAccount may do in a namespace, each as a line of JSON. */
  async function rulesOf(account: string, namespace: string): Promise<string[]> {
    const connected = await connect(await kubeconfigOf(account), account);
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
    const { status } = await connected.create<{ status: { resourceRules: object[] } }>(
      '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      review,
    );
    connected.close();
    return status.resourceRules.map((rule) => JSON.stringify(rule));
  }

  it('are those that it needs, and no other one anywhere', async () => {
    await client.apply({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'nobody', namespace: intents.namespace },
    });
    const ownIn = async (namespace: string) => {
      const common = await rulesOf('nobody', namespace);
      return (await rulesOf('reaper', namespace)).filter((rule) => !common.includes(rule));
    };

    expect((await ownIn(intents.namespace)).map((rule) => JSON.parse(rule) as object)).toEqual(
      expect.arrayContaining([
        { verbs: ['get', 'list', 'patch'], apiGroups: [''], resources: ['configmaps'] },
        { verbs: ['create'], apiGroups: ['coordination.k8s.io'], resources: ['leases'] },
        {
          verbs: ['get', 'update'],
          apiGroups: ['coordination.k8s.io'],
          resources: ['leases'],
          resourceNames: ['reaper'],
        },
      ]),
    );
    expect(await ownIn(intents.namespace)).toHaveLength(3);
    expect(await ownIn('kube-system')).toEqual([]);
  });

  it('do not reach beyond what a drill names', async () => {
    await open();
    await client.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'other', namespace: 'app-services' },
    });
    const mine = workload;
    workload = 'another';
    await statefulSet();
    const refused = async (attempt: Promise<unknown>) => {
      await expect(attempt).rejects.toBeInstanceOf(ApiRefusal);
      await expect(attempt).rejects.toMatchObject({ status: 403 });
    };
    await refused(api.get(scalePath()));
    await refused(api.patch(`${apps}/statefulsets/${mine}`, { spec: { replicas: 9 } }));
    await refused(api.delete(`${apps}/statefulsets/${mine}`));
    await refused(api.get('/api/v1/namespaces/app-services/configmaps/other'));
    await refused(api.list('/api/v1/namespaces/platform-system/secrets', ''));
    await refused(api.delete(drillPath()));
    await refused(api.delete(`${rbac}/namespaces/platform-system/roles/reaper`));
    await refused(api.replace('/apis/coordination.k8s.io/v1/namespaces/platform-system/leases/reap', {}));
  });
});

describe('taking back what is no scale, at a real API server', () => {
  const admin = () => connectApiServer(plane.provider.kubeconfig, ended.signal);

  it('deletes an object of its run only', async () => {
    const made = (name: string, label: string) =>
      client.apply({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name, namespace: 'app-services', labels: { 'platform.dev/run': label } },
        spec: { podSelector: {} },
      } as KubernetesObject);
    await made('mine', run);
    await made('theirs', 'another');
    const take = (name: string) => {
      const path = `/apis/networking.k8s.io/v1/namespaces/app-services/networkpolicies/${name}`;
      return restoreChange({ type: 'object', path, subject: name }, run, admin());
    };
    expect(await take('mine')).toMatchObject({ outcome: 'restored' });
    expect(await take('mine')).toMatchObject({ outcome: 'as-it-was' });
    expect(await take('theirs')).toMatchObject({ outcome: 'replaced' });
  });

  it('lets a node take pods again, and removes an annotation from pods', async () => {
    const [node] = await client.list('/api/v1/nodes');
    const path = `/api/v1/nodes/${node?.metadata.name ?? ''}`;
    const uid = node?.metadata.uid ?? '';
    const unschedulable = async () =>
      (await client.get<{ spec: { unschedulable?: boolean } }>(path))?.spec.unschedulable ?? false;
    await admin().patch(path, { spec: { unschedulable: true } });
    expect(await unschedulable()).toBe(true);
    const cordon: Change = { type: 'cordon', path, uid, subject: 'node', from: false };
    expect(await restoreChange(cordon, run, admin())).toMatchObject({ outcome: 'restored' });
    expect(await unschedulable()).toBe(false);

    await statefulSet();
    const collection = '/api/v1/namespaces/app-services/pods';
    const pods = () => client.list(collection, { labelSelector: `app=${workload}` });
    await eventually(async () => ((await pods()).length === 2 ? true : undefined));
    const key = 'platform.dev/cpu';
    for (const { metadata } of await pods()) {
      await admin().patch(`${collection}/${metadata.name}`, { metadata: { annotations: { [key]: '1', other: 'x' } } });
    }
    const annotation: Change = {
      ...{ type: 'annotation', collection, labelSelector: `app=${workload}`, key, subject: 'load' },
    };
    expect(await restoreChange(annotation, run, admin())).toMatchObject({ outcome: 'restored' });
    expect((await pods()).map(({ metadata }) => metadata.annotations)).toEqual([
      expect.not.objectContaining({ [key]: '1' }),
      expect.not.objectContaining({ [key]: '1' }),
    ]);
  });
});

describe('the program', () => {
  const leasePath = `/apis/coordination.k8s.io/v1/namespaces/${intents.namespace}/leases/${intents.reaper}`;
  const start = () => running(reaper, { KUBECONFIG: kubeconfig, LOOK_EVERY_MS: '100' });

  it('shows that it lives, and takes back what is open', async () => {
    await open({ expireAfterSeconds: 1 });
    const { url, metricsUrl } = await start();
    await askUntil(200, 'GET', `${url}/health/ready`);
    await eventually(async () => ((await restoration()) ? true : undefined));
    expect(await replicas()).toBe(2);

    const lease = await eventually(() => client.get<KubernetesObject & { spec: object }>(leasePath));
    expect(lease.spec).toMatchObject({
      holderIdentity: expect.stringMatching(/^reaper@/) as string,
      leaseDurationSeconds: 40,
      renewTime: expect.any(String) as string,
    });
    const { body } = await ask('GET', metricsUrl);
    expect(body).toMatch(/^reaper_restorations_total\{outcome="restored"\} 1$/m);
    expect(body).toMatch(/^reaper_last_api_contact_timestamp_seconds 1\d{9}/m);
  });

  it('waits for an API server that is away, and then does it', async () => {
    const { url } = await start();
    await askUntil(200, 'GET', `${url}/health/ready`);
    await open({ expireAfterSeconds: 2 });
    const server = await plane.pidOf('kube-apiserver');
    process.kill(server, 'SIGSTOP');
    await systemClock.sleep(12_000);
    process.kill(server, 'SIGCONT');
    await eventually(async () => ((await restoration()) ? true : undefined));
    expect(await replicas()).toBe(2);
  });
});

describe('the namespace of the reaper', () => {
  it('keeps what its own step and the record of the environment have written on it', async () => {
    const environment: Environment = { ...withoutFile('reap'), releases: [release('reaper', inSystem)] };
    const view = new ClusterView(() => Promise.resolve(client), systemClock);
    const ensureOwned = () => Promise.resolve();
    const record = recordStep(environment, { provider: 'kind', run: 'a' }, view, [], ensureOwned);
    const [step] = namespaceSteps({
      ...{ environment: 'reap', settings: {}, view, clock: systemClock, needs: [], ensureOwned },
      ...{ tenants: environment.releases, installed: environment.releases },
    });
    // As an earlier version wrote it: with one manager for both.
    await client.apply({ ...namespace(intents.namespace), metadata: { ...labelled } });

    for (let time = 0; time < 2; time += 1) {
      await record.apply(stepContext());
      await step?.apply(stepContext());
      expect(await record.check(stepContext())).toEqual({ status: 'satisfied' });
      expect(await step?.check(stepContext())).toMatchObject({ status: 'satisfied' });
    }
  });
  const inSystem = { namespace: intents.namespace };
  const labelled = { name: intents.namespace, labels: { 'platform.dev/record': 'former' } };
});
