import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import type { Environment, Release } from '../../../src/environment/environment.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import type { Check, Step } from '../../../src/plan/step.js';
import { systemProcesses } from '../../../src/process.js';
import { createCharts } from '../../../src/releases/charts/charts.js';
import { helmCommand } from '../../../src/releases/helm/helm.js';
import { createRenderings } from '../../../src/releases/contents/rendering.js';
import { observeReleases } from '../../../src/releases/helm/observed.js';
import { releaseSteps } from '../../../src/releases/steps.js';
import { withoutFile } from '../../../src/usecases/environment-of-record.js';
import { catalogueEntry, release } from '../../releases/release.js';
import { edit } from '../edit.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';

let plane: ControlPlane;
let client: ClusterClient;
let view: ClusterView;
let helmBinary = '';
/** Whether the host of public charts answers. */
let isHostAlive = false;
beforeAll(async () => {
  plane = await controlPlane('rel');
  await plane.provider.create(stepContext());
  client = await plane.client();
  view = new ClusterView(() => Promise.resolve(client), systemClock);
  helmBinary = (await plane.toolchain.find('helm'))?.path ?? '';
  await writeChart('web', {
    'templates/config.yaml': configMap('web', 'colour: {{ .Values.colour | default "blue" | quote }}'),
    'templates/deployment.yaml': deployment('web'),
  });
});
afterAll(() => plane.dispose());

const folderOf = (chart: string) => join(plane.sandbox.work, chart);

async function writeChart(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const all = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.2.3\n`, ...files };
  for (const [file, content] of Object.entries(all)) {
    await mkdir(dirname(join(folderOf(name), file)), { recursive: true });
    await writeFile(join(folderOf(name), file), content);
  }
}

function configMap(name: string, data: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata:\n  ${data}\n`;
}

function deployment(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: {{ .Values.replicas | default 1 }}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: "registry.example/${name}:1" }] }
`;
}

/** A hook whose Job never ends, because no node has the label it wants. */
function endlessHook(when: string): string {
  return `apiVersion: batch/v1
kind: Job
metadata: { name: endless-${when}, annotations: { helm.sh/hook: ${when} } }
spec:
  template:
    spec:
      restartPolicy: Never
      nodeSelector: { never: there }
      containers: [{ name: main, image: registry.example/hook }]
`;
}

const objects = (name: string) => ({ objects: { deployments: { [name]: { image: `registry.example/${name}:1` } } } });

/** A release of a chart in a folder, its values as the environment file would have them. */
function inFolder(name: string, values: object = {}): Release {
  return release(name, {
    chart: { from: 'folder', path: folderOf(name) },
    // Where simulated pods of the tests need no restricted security context.
    namespace: 'default',
    values: [{ origin: 'platform.yaml', values: { ...values } }],
    catalogue: catalogueEntry(name, objects(name)),
  });
}

function stepsOf(given: Release): ReadonlyMap<string, Step> {
  const environment: Environment = { ...withoutFile('rel'), releases: [given] };
  const command = helmCommand(systemProcesses(), () => Promise.resolve(helmBinary), plane.provider.kubeconfig);
  const charts = createCharts({
    folder: join(plane.sandbox.folder, 'charts'),
    helm: { pull: (_, destination) => packageChart(given.name, destination) },
    network: {
      reachable: () => Promise.resolve(isHostAlive ? { reachable: true } : { reachable: false, reason: 'it is dead' }),
    },
    clock: systemClock,
    standInsAllowed: true,
  });
  const renderings = createRenderings({
    folder: join(plane.sandbox.folder, 'rendered'),
    helm: command,
    charts,
    kubernetes: '1.36',
    apis: [],
  });
  const steps = releaseSteps({
    environment,
    edges: [],
    provider: plane.provider,
    view,
    charts,
    renderings,
    helm: command,
    clock: systemClock,
    run: 'test',
    isOver: (run) => Promise.resolve(run === 'of-a-lost-machine'),
    leftOut: () => undefined,
    variables: {},
    repair: false,
    needs: [],
    ensureOwned: () => Promise.resolve(),
  });
  return new Map(steps.map((step) => [step.id, step]));
}

function step(id: string, given: Release): Step {
  const found = stepsOf(given).get(id);
  if (!found) throw new Error(`there is no step ${id}`);
  return found;
}

/** What `plan` would say about the release. */
function check(given: Release): Promise<Check> {
  view.forget();
  return step(`release/${given.name}`, given).check(stepContext());
}

const apply = (given: Release) => step(`release/${given.name}`, given).apply(stepContext());

/** Somebody else's Helm, or ours before it is killed. */
async function helm(...args: string[]): Promise<void> {
  await systemProcesses().run(helmBinary, [...args, '--kubeconfig', plane.provider.kubeconfig, '-n', 'default']);
}

async function packageChart(name: string, destination: string): Promise<void> {
  await systemProcesses().run(helmBinary, ['package', folderOf(name), '--destination', destination]);
}

/** Starts a Helm operation and kills it, as a lost machine would, once its release is pending. */
async function killWhilePending(name: string, ...args: string[]): Promise<void> {
  view.forget();
  const revision = ((await observeReleases(view)).get(`default/${name}`)?.revision ?? 0) + 1;
  const child = spawn(helmBinary, [
    ...args,
    '--kubeconfig',
    plane.provider.kubeconfig,
    '-n',
    'default',
    '--timeout',
    '5m',
    '--labels',
    `platform.dev/environment=rel,platform.dev/run=of-a-lost-machine,platform.dev/revision=${String(revision)}`,
  ]);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await eventually(async () => {
    const jobs = await client.list('/apis/batch/v1/namespaces/default/jobs');
    return jobs.some(({ metadata }) => metadata.name.startsWith('endless-')) ? true : undefined;
  });
  child.kill('SIGKILL');
  await ended;
  const secrets = await client.list('/api/v1/namespaces/default/secrets', { labelSelector: `owner=helm,name=${name}` });
  expect(secrets.map(({ metadata }) => metadata.labels?.['status'])).toContainEqual(expect.stringMatching(/^pending-/));
  await client.delete(
    `/apis/batch/v1/namespaces/default/jobs/endless-${name === 'web' ? 'pre-upgrade' : 'pre-install'}`,
  );
}

const colour = async (name: string) =>
  (await client.get<KubernetesObject & { data: { colour: string } }>(`/api/v1/namespaces/default/configmaps/${name}`))
    ?.data.colour;

describe('a release in a real cluster', () => {
  it('is installed once, and then is as wanted', async () => {
    expect(await check(inFolder('web'))).toEqual({ status: 'needed', reason: 'new' });
    expect(await apply(inFolder('web'))).toBe('revision 1');
    expect(await check(inFolder('web'))).toEqual({ status: 'satisfied', detail: 'revision 1' });
    expect(await step('gate/web/ready', inFolder('web')).apply(stepContext())).toBe('1 workloads ready');
  });

  it('is upgraded when its values change, and back', async () => {
    expect(await check(inFolder('web', { colour: 'red' }))).toMatchObject({ status: 'needed' });
    await apply(inFolder('web', { colour: 'red' }));
    expect(await colour('web')).toBe('red');
    expect(await check(inFolder('web', { colour: 'red' }))).toEqual({ status: 'satisfied', detail: 'revision 2' });
  });

  it('gives itself away when somebody else upgraded it', async () => {
    await helm('upgrade', 'web', folderOf('web'), '--set', 'colour=green');
    expect(await check(inFolder('web', { colour: 'red' }))).toEqual({
      status: 'needed',
      reason: 'revision 3 was written by someone else after ours (2)',
    });
    expect(await apply(inFolder('web', { colour: 'red' }))).toBe('revision 4');
    expect(await colour('web')).toBe('red');
  });

  it('gives itself away when somebody rolled it back to a revision of ours', async () => {
    await helm('rollback', 'web', '1');
    expect(await colour('web')).toBe('blue');
    expect(await check(inFolder('web', { colour: 'red' }))).toEqual({
      status: 'needed',
      reason: expect.stringMatching(/^revision 5 was /) as string,
    });
    expect(await apply(inFolder('web', { colour: 'red' }))).toBe('revision 6');
    expect(await check(inFolder('web', { colour: 'red' }))).toEqual({ status: 'satisfied', detail: 'revision 6' });
  });

  it('gets its workloads back when somebody deleted them', async () => {
    await client.delete('/apis/apps/v1/namespaces/default/deployments/web');
    expect(await check(inFolder('web', { colour: 'red' }))).toEqual({
      status: 'needed',
      reason: 'its workloads are gone',
    });
    await apply(inFolder('web', { colour: 'red' }));
    expect(await step('gate/web/ready', inFolder('web')).apply(stepContext())).toBe('1 workloads ready');
  });

  it('that failed to be upgraded is tried again', async () => {
    await expect(apply(inFolder('web', { colour: 'red', replicas: 'many' }))).rejects.toMatchObject({
      code: 'tool',
      command: expect.stringContaining('helm upgrade --install web') as string,
    });
    expect(await check(inFolder('web', { colour: 'red' }))).toMatchObject({
      status: 'needed',
      reason: expect.stringMatching(/^revision \d+ is failed$/) as string,
    });
    await apply(inFolder('web', { colour: 'red' }));
    expect(await check(inFolder('web', { colour: 'red' }))).toMatchObject({ status: 'satisfied' });
  });
});

describe('a release whose owner was killed', () => {
  it('in the middle of an upgrade is recovered and upgraded', async () => {
    await writeChart('web', { 'templates/hook.yaml': endlessHook('pre-upgrade') });
    await killWhilePending('web', 'upgrade', 'web', folderOf('web'), '--set', 'colour=black');
    await writeChart('web', { 'templates/hook.yaml': '' });
    await expect(helm('upgrade', 'web', folderOf('web'))).rejects.toThrow();
    expect(await check(inFolder('web', { colour: 'red' }))).toMatchObject({
      status: 'needed',
      reason: expect.stringMatching(/^revision \d+ was left pending-upgrade$/) as string,
    });
    await apply(inFolder('web', { colour: 'red' }));
    expect(await check(inFolder('web', { colour: 'red' }))).toMatchObject({ status: 'satisfied' });
    expect(await colour('web')).toBe('red');
  });

  it('in the middle of its first install is recovered and installed', async () => {
    await writeChart('fresh', {
      'templates/config.yaml': configMap('fresh', 'colour: white'),
      'templates/deployment.yaml': deployment('fresh'),
      'templates/hook.yaml': endlessHook('pre-install'),
    });
    await killWhilePending('fresh', 'upgrade', '--install', 'fresh', folderOf('fresh'));
    await writeChart('fresh', { 'templates/hook.yaml': '' });
    expect(await check(inFolder('fresh'))).toEqual({ status: 'needed', reason: 'revision 1 was left pending-install' });
    expect(await apply(inFolder('fresh'))).toBe('revision 2');
    expect(await check(inFolder('fresh'))).toEqual({ status: 'satisfied', detail: 'revision 2' });
    expect(await colour('fresh')).toBe('white');
  });
});

describe('a field that somebody else manages', () => {
  it('keeps Helm from writing it, and the failure names who has it', async () => {
    const path = '/api/v1/namespaces/default/configmaps/web';
    // The manager of what this product writes itself; to Helm it is somebody else.
    await edit(client, path, () => ({ data: { colour: 'mine' } }));
    await expect(apply(inFolder('web', { colour: 'yellow' }))).rejects.toMatchObject({
      code: 'conflict',
      output: expect.stringMatching(/conflict.*"platform".*\.data\.colour/s) as string,
    });
    expect(await colour('web')).toBe('mine');
  });

  it('keeps this product from writing it, and the failure names who has it', async () => {
    const metadata = { name: 'fresh', namespace: 'default' };
    const wanted = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { colour: 'mine' } };
    await expect(client.apply(wanted)).rejects.toMatchObject({
      status: 409,
      code: 'conflict',
      message: expect.stringMatching(/conflict with "helm"/i) as string,
    });
    expect(await colour('fresh')).toBe('white');
  });
});

describe('a stand-in', () => {
  const resource = { group: 'example.org', kind: 'Thing', plural: 'things', scope: 'Namespaced', versions: ['v1'] };
  const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.org';
  const operator = release('operator', {
    namespace: 'default',
    catalogue: catalogueEntry('operator', { ...objects('operator'), crds: { from: 'folder', resources: [resource] } }),
  });

  it('provides what others wait for', async () => {
    isHostAlive = false;
    expect(await step('crds/operator', operator).apply(stepContext())).toBe('1 definition');
    expect(await apply(operator)).toBe('revision 1, stand-in on embedded');
    for (const facet of ['crds', 'ready']) {
      await expect(step(`gate/operator/${facet}`, operator).apply(stepContext())).resolves.toBeTypeOf('string');
    }
    expect(await check(operator)).toEqual({ status: 'satisfied', detail: 'stand-in' });
    expect((await client.get(definition))?.metadata.labels).toMatchObject({ 'platform.dev/stand-in': 'true' });
  });

  it('gives way to the real chart, its definitions too', async () => {
    await writeChart('operator', {
      'templates/deployment.yaml': deployment('operator'),
      'crds/things.yaml': JSON.stringify({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'things.example.org', labels: { real: 'yes' } },
        spec: {
          group: 'example.org',
          scope: 'Namespaced',
          names: { kind: 'Thing', plural: 'things' },
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
        },
      }),
    });
    isHostAlive = true;
    await step('chart/operator', operator).apply(stepContext());
    expect(await check(operator)).toEqual({ status: 'needed', reason: 'the real chart replaces the stand-in' });
    // Something of the stand-in's that must not be lost.
    const thing = { apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name: 'kept', namespace: 'default' } };
    await client.create('/apis/example.org/v1/namespaces/default/things', thing);
    await step('crds/operator', operator).apply(stepContext());
    expect(await apply(operator)).toBe('revision 1');
    expect((await client.get(definition))?.metadata.labels).toEqual({
      real: 'yes',
      'platform.dev/environment': 'rel',
      'platform.dev/release': 'operator',
      'platform.dev/input': expect.stringMatching(/^[0-9a-f]{40}$/) as string,
    });
    expect(await client.get('/apis/example.org/v1/namespaces/default/things/kept')).toBeDefined();
    expect(await check(operator)).toEqual({ status: 'satisfied', detail: 'revision 1' });
    expect(await step('gate/operator/crds', operator).apply(stepContext())).toBe('1 definitions');
  });
});

describe('a namespace that is still ending', () => {
  it('is waited for, and is there afterwards', async () => {
    const given = { ...inFolder('web'), name: 'late', namespace: 'late' };
    const path = '/api/v1/namespaces/late';
    await step('namespace/late', given).apply(stepContext());
    // Something that takes its time to go away.
    const metadata = { name: 'slow', namespace: 'late', finalizers: ['example.org/slow'] };
    await client.create('/api/v1/namespaces/late/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    await client.delete(path);
    view.forget();
    const making = step('namespace/late', given);
    expect(await making.check(stepContext())).toEqual({ status: 'needed', reason: 'the former one is still ending' });
    const said = stepContext();
    const made = making.apply(said);
    await eventually(async () => Promise.resolve(said.messages.length > 0 ? true : undefined));
    await edit<KubernetesObject>(client, '/api/v1/namespaces/late/configmaps/slow', ({ metadata }) => ({
      metadata: { ...metadata, finalizers: [] },
    }));
    await made;
    expect(await client.get(path)).toMatchObject({ status: { phase: 'Active' } });
  });
});
