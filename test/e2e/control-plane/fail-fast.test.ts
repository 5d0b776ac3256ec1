import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import { PlatformError } from '../../../src/errors.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { systemProcesses } from '../../../src/process.js';
import { gateStep } from '../../../src/releases/gates/gates.js';
import { helmCommand } from '../../../src/releases/helm/helm.js';
import { explainHelmFailure } from '../../../src/releases/helm/helm-errors.js';
import { withHookWatch } from '../../../src/releases/helm/hook-watch.js';
import { observeReleases } from '../../../src/releases/helm/observed.js';
import { release } from '../../releases/release.js';
import { controlPlane, stepContext, type ControlPlane } from './control-plane.js';
import { beKubelet, type Kubelet } from './kubelet.js';

let plane: ControlPlane;
let client: ClusterClient;
let kubelet: Kubelet;
let helmBinary = '';
beforeAll(async () => {
  plane = await controlPlane('fail');
  await plane.provider.create(stepContext());
  client = await plane.client();
  kubelet = await beKubelet(client, 'fail-worker');
  helmBinary = (await plane.toolchain.find('helm'))?.path ?? '';
  await client.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'small' } });
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard: { pods: '0' } } };
  await client.create('/api/v1/namespaces/small/resourcequotas', quota);
});
afterAll(async () => {
  await kubelet.close();
  await plane.dispose();
});

async function writeChart(name: string, ...templates: readonly string[]): Promise<string> {
  const folder = join(plane.sandbox.work, name);
  const files = {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.2.3\n`,
    'templates/all.yaml': templates.join('---\n'),
  };
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  return folder;
}

const image = 'registry.example/main:1';

/** A Job that Helm waits for before it goes on. */
function hook(name: string, { spec = '', policy = 'before-hook-creation' } = {}): string {
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
  annotations: { helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: "${policy}" }
spec:
  backoffLimit: 0
  template:
    spec: { restartPolicy: Never, ${spec}containers: [{ name: main, image: "${image}" }] }
`;
}

function deployment(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: "${image}" }] }
`;
}

function statefulSet(name: string): string {
  return `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name} }
spec:
  serviceName: ${name}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: "${image}" }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { storageClassName: fast, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;
}

/** What `up` does with one release. */
async function install(name: string, chart: string, namespace = 'default'): Promise<void> {
  const processes = systemProcesses();
  const helm = helmCommand(processes, () => Promise.resolve(helmBinary), plane.provider.kubeconfig);
  const labels = { 'platform.dev/run': 'test' };
  const context = stepContext();
  try {
    await withHookWatch(
      (signal) => helm.install({ name, namespace, chart, values: {}, labels }, { ...context, signal }),
      { client, release: { name, namespace }, clock: systemClock },
      context,
    );
  } catch (error) {
    throw error instanceof PlatformError ? explainHelmFailure(error, { name, namespace }) : error;
  }
}

/** Waits for the workloads of a release. */
async function ready(name: string): Promise<string | undefined> {
  const view = new ClusterView(() => Promise.resolve(client), systemClock);
  const given = release(name, { namespace: 'default' });
  const gate = gateStep(given, 'ready', [], { view, provider: { simulation: undefined }, clock: systemClock });
  return gate.apply(stepContext());
}

async function statusOf(name: string, namespace = 'default'): Promise<string | undefined> {
  const view = new ClusterView(() => Promise.resolve(client), systemClock);
  return (await observeReleases(view)).get(`${namespace}/${name}`)?.status;
}

/** Milliseconds, to tell seconds from the five minutes that Helm gives a hook. */
async function took(doing: Promise<unknown>): Promise<number> {
  const start = systemClock.now();
  await doing;
  return systemClock.now() - start;
}

const aMinute = 60_000;
const ended = (exitCode: number) => ({
  phase: 'Failed',
  containerStatuses: [
    {
      name: 'main',
      image,
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode, reason: 'Error', message: 'no such table' } },
    },
  ],
});
const succeeded = { phase: 'Succeeded' };

describe.concurrent('a hook', () => {
  it('that fails ends the installation with its reason; the next one works', async () => {
    const chart = await writeChart('migrated', hook('migrated'));
    const installing = expect(install('migrated', chart)).rejects.toMatchObject({
      code: 'tool',
      message: 'the pre-install hook Job/migrated of migrated failed: BackoffLimitExceeded',
      output: expect.stringMatching(/reached the specified backoff limit[^]*exit code 3: no such table/) as string,
      command: expect.stringContaining('helm upgrade --install migrated') as string,
    });
    await kubelet.write('default', 'batch.kubernetes.io/job-name=migrated', ended(3));
    await installing;
    expect(await statusOf('migrated')).toBe('failed');
    const again = install('migrated', chart);
    await kubelet.write('default', 'batch.kubernetes.io/job-name=migrated', succeeded);
    await again;
    expect(await statusOf('migrated')).toBe('deployed');
  });

  it('that no node takes ends the installation in seconds, and leaves nothing pending', async () => {
    const chart = await writeChart('homeless', hook('homeless', { spec: 'nodeSelector: { never: there }, ' }));
    const failure = expect(install('homeless', chart)).rejects.toMatchObject({
      code: 'tool',
      message: 'the pre-install hook Job/homeless of homeless cannot run: Unschedulable',
      output: expect.stringContaining("didn't match Pod's node affinity/selector") as string,
      suggestions: [expect.stringContaining('nodeSelector') as string],
    });
    expect(await took(failure)).toBeLessThan(aMinute);
    expect(await statusOf('homeless')).toBe('failed');
    await writeChart('homeless', deployment('homeless'));
    await install('homeless', chart);
    expect(await statusOf('homeless')).toBe('deployed');
  });

  it('that exceeds a quota is told in the words of the Job controller', async () => {
    const chart = await writeChart('poor', hook('poor'));
    const failure = expect(install('poor', chart, 'small')).rejects.toMatchObject({
      message: 'the pre-install hook Job/poor of poor cannot run: FailedCreate',
      output: expect.stringContaining('exceeded quota: none, requested: pods=1') as string,
      suggestions: ['raise ResourceQuota/none of namespace small, or ask for less'],
    });
    expect(await took(failure)).toBeLessThan(aMinute);
    expect(await statusOf('poor', 'small')).toBe('failed');
  });

  it('that an earlier installation left, and that its chart has Helm keep, is named', async () => {
    const chart = await writeChart('kept', hook('kept', { policy: 'hook-succeeded' }));
    const installing = expect(install('kept', chart)).rejects.toThrow('BackoffLimitExceeded');
    await kubelet.write('default', 'batch.kubernetes.io/job-name=kept', ended(1));
    await installing;
    await expect(install('kept', chart)).rejects.toMatchObject({
      message: 'the pre-upgrade hook Job/kept of kept failed: BackoffLimitExceeded',
      suggestions: [expect.stringMatching(/^delete Job\/kept in namespace default/) as string],
    });
  });
});

describe.concurrent('a workload', () => {
  const waiting = (reason: string, message: string, more: object = {}) => ({
    phase: 'Pending',
    containerStatuses: [
      {
        name: 'main',
        image,
        imageID: '',
        ready: false,
        restartCount: 0,
        state: { waiting: { reason, message } },
        ...more,
      },
    ],
  });

  it('whose claim no class serves is told with the class', async () => {
    await install('stored', await writeChart('stored', statefulSet('stored')));
    await expect(ready('stored')).rejects.toMatchObject({
      code: 'tool',
      message: expect.stringMatching(
        /^stored did not become ready: .* because of PersistentVolumeClaim\/data-stored-0: ProvisioningFailed$/,
      ) as string,
      output: expect.stringContaining('class fast: storageclass.storage.k8s.io "fast" not found') as string,
      suggestions: [expect.stringMatching(/use a storage class .* has /) as string, 'see `platform logs stored`'],
    });
  });

  it('whose image is limited is told to log in, or to use a mirror', async () => {
    await install('limited', await writeChart('limited', deployment('limited')));
    const words = `Back-off pulling image "${image}": ErrImagePull: 429 Too Many Requests: toomanyrequests`;
    await kubelet.write('default', 'app=limited', waiting('ImagePullBackOff', words));
    await expect(ready('limited')).rejects.toMatchObject({
      message: expect.stringContaining('ImagePullBackOff') as string,
      output: expect.stringContaining('toomanyrequests') as string,
      suggestions: [expect.stringContaining('`local.mirrors`') as string, 'see `platform logs limited`'],
    });
  });

  it('that crashes is told with the last lines of its log', async () => {
    await install('crashing', await writeChart('crashing', deployment('crashing')));
    const crashed = { restartCount: 4, lastState: { terminated: { exitCode: 1, reason: 'Error' } } };
    const status = waiting('CrashLoopBackOff', 'back-off 1m20s restarting failed container=main', crashed);
    const pod = await kubelet.write('default', 'app=crashing', { ...status, phase: 'Running' });
    kubelet.logs.set(`${pod}/main`, 'connecting to postgres\npassword authentication failed\n');
    await expect(ready('crashing')).rejects.toMatchObject({
      output: [
        `Pod/${pod} container main: CrashLoopBackOff: exit code 1, restarted 4 times, back-off 1m20s`,
        `last lines of the log of main in Pod/${pod}:`,
        '  connecting to postgres',
        '  password authentication failed',
      ].join('\n'),
    });
  });

  it('that crashes where no log can be had is told without one', async () => {
    await install('mute', await writeChart('mute', deployment('mute')));
    const status = waiting('CrashLoopBackOff', 'back-off 1m20s', { restartCount: 4 });
    await kubelet.write('default', 'app=mute', { ...status, phase: 'Running' });
    await expect(ready('mute')).rejects.toMatchObject({
      code: 'tool',
      output: expect.stringMatching(/^log of main in Pod\/\S+ cannot be read: /m) as string,
    });
  });
});

describe('what Helm says itself', () => {
  it('names the owner of what is there already', async () => {
    const metadata = { name: 'mine', namespace: 'default' };
    await client.create('/api/v1/namespaces/default/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    const chart = await writeChart('mine', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: mine }\n');
    await expect(install('mine', chart)).rejects.toMatchObject({
      code: 'conflict',
      message:
        'mine cannot create ConfigMap/mine in namespace default: it is there already, and belongs to nothing that Helm installed',
    });
  });
});
