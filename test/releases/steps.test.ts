import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterProvider } from '../../src/clusters/cluster.js';
import type { Environment, Release } from '../../src/environment/environment.js';
import { withoutFile } from '../../src/usecases/environment-of-record.js';
import { PlatformError } from '../../src/errors.js';
import type { Step } from '../../src/plan/step.js';
import { createCharts } from '../../src/releases/charts/charts.js';
import type { HelmInstall } from '../../src/releases/helm/helm.js';
import { createRenderings } from '../../src/releases/contents/rendering.js';
import { writtenEdges } from '../../src/releases/graph/edges.js';
import { withLayer, type Settle } from '../../src/releases/settle.js';
import type { ReleaseStepOptions } from '../../src/releases/step-options.js';
import { releaseSteps } from '../../src/releases/steps.js';
import { cluster, context, deployment, deploymentPath, type Cluster } from './cluster.js';
import { catalogueEntry, release } from './release.js';

let world: Cluster;
let folder = '';
/** What was done, in its order. */
let done: string[] = [];
let installs: HelmInstall[] = [];
let isHostDead = false;
/** What every chart renders to. */
let rendered = '';
/** Whether Helm can do that without a cluster. */
let isRenderable = true;
let leftOut: (name: string) => string | undefined = () => undefined;
/** What a provider with real nodes adds. */
let more: Pick<ReleaseStepOptions, 'settle' | 'podNeeds'> = {};
beforeEach(async () => {
  world = await cluster();
  folder = await mkdtemp(join(tmpdir(), 'platform-steps-'));
  done = [];
  installs = [];
  isHostDead = false;
  rendered = '';
  isRenderable = true;
  leftOut = () => undefined;
  secrets = {};
  more = {};
});
afterEach(async () => {
  await world.api.close();
  await rm(folder, { recursive: true });
});

const objects = { deployments: { web: { image: 'web:1' } } };
const web = release('web', { catalogue: catalogueEntry('web', { objects }) });

/** Helm, as far as the cluster can tell: it writes a Secret. */
const helm = {
  install(install: HelmInstall) {
    done.push(`install ${install.name}`);
    installs.push(install);
    const labels = Object.entries(install.labels).filter((pair): pair is [string, string] => pair[1] !== null);
    const revision = newestRevision(install.name) + 1;
    addRevision(install.name, revision, 'deployed', Object.fromEntries(labels));
    world.api.objects.set(deploymentPath(install.name), deployment(install.name));
    return Promise.resolve();
  },
  uninstall({ name }: { name: string }) {
    done.push(`uninstall ${name}`);
    for (const path of world.api.objects.keys()) if (path.includes(`.${name}.v`)) world.api.objects.delete(path);
    return Promise.resolve();
  },
  template: () => (isRenderable ? Promise.resolve(rendered) : Promise.reject(new PlatformError('tool', 'lookup'))),
  dryRun: () => Promise.resolve(rendered),
  pull: async (_: unknown, destination: string) => writeFile(join(destination, 'web-1.2.3.tgz'), await packedChart()),
};

async function packedChart(): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: 'web/Chart.yaml' }, 'name: web\n');
  archive.finalize();
  return gzipSync(await buffer(archive));
}

const secretPath = (name: string, revision: number) =>
  `/api/v1/namespaces/shop/secrets/sh.helm.release.v1.${name}.v${String(revision)}`;

function newestRevision(name: string): number {
  let revision = 0;
  while (world.api.objects.has(secretPath(name, revision + 1))) revision += 1;
  return revision;
}

function addRevision(name: string, revision: number, status: string, labels: Readonly<Record<string, string>>): void {
  world.api.objects.set(secretPath(name, revision), {
    metadata: {
      name: `sh.helm.release.v1.${name}.v${String(revision)}`,
      namespace: 'shop',
      labels: { owner: 'helm', name, status, version: String(revision), ...labels },
    },
  });
  world.view.forget();
}

/** Of the environment file. */
let secrets: Environment['secrets'] = {};

function steps(releases: readonly Release[], provider: Partial<ClusterProvider> = {}): ReadonlyMap<string, Step> {
  const environment: Environment = { ...withoutFile('dev'), releases, secrets, parts: ['extra'] };
  const charts = createCharts({
    folder,
    helm,
    network: {
      reachable: () => Promise.resolve(isHostDead ? { reachable: false, reason: 'dead' } : { reachable: true }),
    },
    clock: world.clock,
    standInsAllowed: true,
  });
  const made = releaseSteps({
    ...world,
    environment,
    provider: { name: 'embedded', simulation: 'all', ...provider } as ClusterProvider,
    edges: writtenEdges(releases),
    charts,
    renderings: createRenderings({ folder: join(folder, 'rendered'), helm, charts, kubernetes: '1.36', apis: [] }),
    helm,
    run: 'run-1',
    isOver: () => Promise.resolve(true),
    leftOut,
    variables: {},
    repair: false,
    needs: ['cluster'],
    ensureOwned: () => Promise.resolve(void done.push('still ours')),
    ...more,
  });
  return new Map(made.map((step) => [step.id, step]));
}

async function check(given: Release = web): Promise<unknown> {
  world.view.forget();
  return steps([given]).get(`release/${given.name}`)?.check(context());
}

async function apply(given: Release = web): Promise<unknown> {
  return steps([given]).get(`release/${given.name}`)?.apply(context());
}

describe('a release', () => {
  it('is new, then installed, then unchanged', async () => {
    expect(await check()).toEqual({ status: 'needed', reason: 'new' });
    expect(await apply()).toBe('revision 1');
    expect(await check()).toEqual({ status: 'satisfied', detail: 'revision 1' });
  });

  it('is installed with the labels by which it is known again', async () => {
    await apply();
    expect(installs[0]?.labels).toEqual({
      'platform.dev/environment': 'dev',
      'platform.dev/run': 'run-1',
      'platform.dev/input': expect.stringMatching(/^[0-9a-f]{40}$/) as string,
      'platform.dev/revision': '1',
      'platform.dev/stand-in': null,
    });
  });

  it('is upgraded when its values changed', async () => {
    await apply();
    const changed = { ...web, values: [{ origin: '--set', values: { replicas: 3 } }] };
    expect(await check(changed)).toEqual({ status: 'needed', reason: 'its chart or values changed' });
    expect(await apply(changed)).toBe('revision 2');
    expect(await check(changed)).toEqual({ status: 'satisfied', detail: 'revision 2' });
  });

  it('is upgraded when its workloads are gone', async () => {
    await apply();
    world.api.objects.delete(deploymentPath('web'));
    expect(await check()).toEqual({ status: 'needed', reason: 'its workloads are gone' });
    await apply();
    expect(await check()).toEqual({ status: 'satisfied', detail: 'revision 2' });
  });

  it('is written only while the environment is still ours', async () => {
    await apply();
    expect(done).toEqual(['still ours', 'install web']);
  });

  it('is uninstalled to the end where that was cut short', async () => {
    addRevision('web', 3, 'uninstalling', { 'platform.dev/environment': 'dev' });
    expect(await apply()).toBe('revision 1');
    expect(done).toEqual(['still ours', 'uninstall web', 'still ours', 'install web']);
  });

  it('does not take the place of a release that it did not install, and says whose that is', async () => {
    addRevision('web', 3, 'deployed', {});
    expect(await check()).toMatchObject({
      status: 'blocked',
      by: expect.stringContaining('a Helm release web in shop already, installed not by platform') as string,
      code: 'conflict',
    });
    addRevision('web', 4, 'deployed', { 'platform.dev/environment': 'staging' });
    expect(await check()).toMatchObject({
      by: expect.stringContaining('installed by the environment staging (revision 4, deployed') as string,
    });
  });

  it('is installed though its chart cannot be rendered without a cluster', async () => {
    isRenderable = false;
    expect(await apply()).toBe('revision 1');
    expect(await check()).toEqual({ status: 'satisfied', detail: 'revision 1' });
  });

  it('waits for its namespace, its chart, Helm and what it needs', () => {
    const needy = { ...web, needs: [{ release: 'db', facet: 'ready' as const }] };
    expect(steps([needy, release('db')]).get('release/web')?.needs).toEqual([
      'cluster',
      'tool/helm',
      'chart/web',
      'namespace/shop',
      'gate/db/ready',
    ]);
  });

  it('waits for the Secrets of its namespace whose part is on, and for no other ones', () => {
    const keys = { password: { generate: 20 } };
    secrets = {
      login: { namespace: 'shop', keys },
      extra: { namespace: 'shop', keys, part: 'extra' },
      off: { namespace: 'shop', keys, part: 'tracing' },
      elsewhere: { namespace: 'other', keys },
    };
    const made = steps([web]);
    expect(made.get('release/web')?.needs.filter((id) => id.startsWith('secret/'))).toEqual([
      'secret/login',
      'secret/extra',
    ]);
    expect([...made.keys()].filter((id) => id.startsWith('secret/'))).toEqual([
      ...['secret/login', 'secret/extra', 'secret/elsewhere'],
    ]);
  });

  it('does not wait for Secrets where it is not installed', () => {
    secrets = { login: { namespace: 'shop', keys: { password: { generate: 20 } } } };
    leftOut = (name) => (name === 'web' ? 'left out by --only' : undefined);
    expect(steps([web]).get('release/web')?.needs).not.toContain('secret/login');
  });

  it('is not given to Helm while the cluster does not serve what it creates', async () => {
    rendered = 'apiVersion: things.example.org/v1\nkind: Thing\nmetadata: { name: one }\n';
    world.api.answer = answerDiscovery;
    await expect(apply()).rejects.toThrow(
      'web creates Thing/one of things.example.org/v1, which the cluster does not serve',
    );
    expect(done).toEqual([]);
  });
});

describe('a release of an image that is built here', () => {
  const auth: Release = { ...web, image: 'auth' };
  /** What the registry has, if anything. */
  let digest: string | undefined;
  const settle: Settle = (given) =>
    Promise.resolve(
      digest === undefined
        ? { unsettled: 'its image auth is built anew' }
        : withLayer(given, 'image auth', { image: { digest } }),
    );
  beforeEach(() => {
    digest = 'sha256:1';
    more = { settle };
  });

  it('is told as new, or by what keeps its values open, while the image is not there', async () => {
    digest = undefined;
    await steps([auth]).get('chart/web')?.apply(context());
    expect(await check(auth)).toEqual({ status: 'needed', reason: 'new' });
    digest = 'sha256:1';
    await apply(auth);
    digest = undefined;
    expect(await check(auth)).toEqual({ status: 'needed', reason: 'its image auth is built anew' });
  });

  it('is installed with its digest, and upgraded when that is another', async () => {
    await apply(auth);
    expect(installs[0]?.values).toEqual({ image: { digest: 'sha256:1' } });
    expect(await check(auth)).toEqual({ status: 'satisfied', detail: 'revision 1' });
    digest = 'sha256:2';
    expect(await check(auth)).toEqual({ status: 'needed', reason: 'its chart or values changed' });
    expect(await apply(auth)).toBe('revision 2');
    expect(installs[1]?.values).toEqual({ image: { digest: 'sha256:2' } });
    expect(installs[1]?.labels['platform.dev/input']).not.toBe(installs[0]?.labels['platform.dev/input']);
    expect(await check(auth)).toEqual({ status: 'satisfied', detail: 'revision 2' });
  });

  it('is not given to Helm without its digest', async () => {
    digest = undefined;
    await expect(apply(auth)).rejects.toMatchObject({
      code: 'unexpected',
      message: 'web: its image auth is built anew',
    });
    expect(done).toEqual([]);
  });

  it('waits for its image, where images are built', () => {
    expect(steps([auth]).get('release/web')?.needs).toContain('image/auth');
    expect(
      steps([web])
        .get('release/web')
        ?.needs.filter((id) => id.startsWith('image/')),
    ).toEqual([]);
    more = {};
    expect(
      steps([auth])
        .get('release/web')
        ?.needs.filter((id) => id.startsWith('image/')),
    ).toEqual([]);
  });
});

describe('the pods of a release', () => {
  it('wait for what real nodes need, each release for its own', () => {
    more = { podNeeds: (name) => (name === 'web' ? ['nodes'] : ['registry/nodes']) };
    const made = steps([web, release('db')]);
    expect(made.get('release/web')?.needs).toEqual(['cluster', 'nodes', 'tool/helm', 'chart/web', 'namespace/shop']);
    expect(made.get('release/db')?.needs.slice(0, 2)).toEqual(['cluster', 'registry/nodes']);
  });
});

const answerDiscovery: typeof world.api.answer = (response, { path }) => {
  if (path !== '/api' && path !== '/apis') return false;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ kind: 'APIGroupDiscoveryList', items: [] }));
  return true;
};

describe('the definitions of a release', () => {
  const resource = { group: 'things.example.org', kind: 'Thing', plural: 'things', scope: 'Cluster', versions: ['v1'] };
  const known = (from: string) =>
    release('web', { catalogue: catalogueEntry('web', { crds: { from, resources: [resource] } }) });

  it('come before the release and need nothing but the cluster, where we apply them', () => {
    const made = steps([known('folder'), release('db', { needs: [{ release: 'web', facet: 'crds' }] })]);
    expect(made.get('crds/web')?.needs).toEqual(['cluster', 'chart/web']);
    expect(made.get('gate/web/crds')?.needs).toEqual(['cluster', 'crds/web']);
    expect(made.get('release/web')?.needs).toContain('crds/web');
    expect(made.get('release/db')?.needs).toContain('gate/web/crds');
  });

  it('come with the release where Helm owns them', () => {
    const made = steps([known('helm')]);
    expect([...made.keys()]).not.toContain('crds/web');
    expect(made.get('gate/web/crds')?.needs).toEqual(['cluster', 'release/web']);
  });

  it('are looked for in a chart of which nothing is known', async () => {
    const made = steps([release('web')]);
    expect(await made.get('crds/web')?.apply(context())).toBe('none');
  });
});

describe('a release whose chart cannot be had', () => {
  beforeEach(() => {
    isHostDead = true;
  });

  it('is stood in for, and says so', async () => {
    expect(await apply()).toBe('revision 1, stand-in on embedded');
    expect(installs[0]?.labels['platform.dev/stand-in']).toBe('true');
    expect(await check()).toEqual({ status: 'satisfied', detail: 'stand-in' });
  });

  it('is left as it is where the real chart was installed before', async () => {
    isHostDead = false;
    await apply();
    await rm(folder, { recursive: true });
    isHostDead = true;
    await steps([web]).get('chart/web')?.apply(context());
    expect(await check()).toMatchObject({ status: 'blocked', code: 'prerequisite' });
  });

  it('gives way to the real chart by uninstalling first', async () => {
    await apply();
    isHostDead = false;
    world.clock.now = () => Date.parse('2026-11-20T11:00:00Z');
    expect(await check()).toEqual({ status: 'needed', reason: 'its chart is not here to compare' });
    done = [];
    expect(await apply()).toBe('revision 1');
    expect(done).toEqual(['still ours', 'uninstall web', 'still ours', 'install web']);
    expect(await check()).toEqual({ status: 'satisfied', detail: 'revision 1' });
  });
});

describe('releases that are not installed', () => {
  const given = (run: string) =>
    release('web', {
      catalogue: catalogueEntry('web', { objects, providers: { embedded: { run, reason: 'the reason' } } }),
    });

  it('are told with the reason', async () => {
    expect(await check(given('never'))).toEqual({ status: 'omitted', reason: 'the reason' });
    expect(await check(given('host'))).toEqual({ status: 'omitted', reason: 'host-run: the reason' });
  });

  it('have no namespace made for them', () => {
    expect([...steps([given('never')]).keys()]).not.toContain('namespace/shop');
  });

  it('take their chart and their gates with them', async () => {
    const made = steps([given('never')]);
    for (const id of ['chart/web', 'gate/web/ready']) {
      expect(await made.get(id)?.check(context())).toEqual({ status: 'omitted', reason: 'the reason' });
    }
  });

  it('keep the level of the namespace that they share with others', async () => {
    const shared = release('exporter', {
      catalogue: catalogueEntry('exporter', { podSecurity: { level: 'privileged', reason: 'it needs the host' } }),
    });
    leftOut = (name) => (name === 'exporter' ? 'left out by --only' : undefined);
    await steps([web, shared]).get('namespace/shop')?.apply(context());
    expect(world.api.objects.get('/api/v1/namespaces/shop')?.metadata?.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'privileged',
    });
  });
});
