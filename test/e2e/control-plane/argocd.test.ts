import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { systemClock } from '../../../src/clock.js';
import type { Environment, Release } from '../../../src/environment/environment.js';
import { ApiError } from '../../../src/kubernetes/api-errors.js';
import { connect, type ClusterClient } from '../../../src/kubernetes/client.js';
import { contextName } from '../../../src/kubernetes/kubeconfig.js';
import { hasCondition, type Condition, type KubernetesObject } from '../../../src/kubernetes/objects.js';
import { asset } from '../../../src/paths.js';
import { systemProcesses } from '../../../src/process.js';
import type { Application } from '../../../src/releases/argocd/application.js';
import { createCharts, type Charts } from '../../../src/releases/charts/charts.js';
import { edgesOf } from '../../../src/releases/graph/edges.js';
import { helmCommand } from '../../../src/releases/helm/helm.js';
import { parseManifest } from '../../../src/releases/helm/manifest.js';
import { createRenderings, type Renderings } from '../../../src/releases/contents/rendering.js';
import { mergeValues } from '../../../src/releases/values/values.js';
import { withoutFile } from '../../../src/usecases/environment-of-record.js';
import { exportArgoCd, type ExportArgoCdResult, type ExportParts } from '../../../src/usecases/export-argocd.js';
import { catalogueEntry, release } from '../../releases/release.js';
import { skipWithoutUpstream, upstream, withoutUpstream } from '../../upstream.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';

let plane: ControlPlane;
let client: ClusterClient;
let helmBinary = '';
let charts: Charts;
let render: ExportParts['render'];
let renderings: Renderings;
let environment: Environment;
let result: ExportArgoCdResult;
beforeAll(async () => {
  if (withoutUpstream) return;
  plane = await controlPlane('argo');
  await plane.provider.create(stepContext());
  // Definitions of megabytes, on a machine that has other things to do.
  client = await connect(plane.provider.kubeconfig, contextName('argo'), { answerTimeoutMs: 60_000 });
  helmBinary = (await plane.toolchain.find('helm'))?.path ?? '';
  const helm = helmCommand(systemProcesses(), () => Promise.resolve(helmBinary), plane.provider.kubeconfig);
  charts = createCharts({
    folder: join(plane.sandbox.folder, 'charts'),
    // The publisher of the test: an archive of the chart that is asked for.
    helm: { pull: ([reference = ''], destination) => packChart(reference.split('/').at(-1) ?? '', destination) },
    network: { reachable: () => Promise.resolve({ reachable: true }) },
    clock: systemClock,
    standInsAllowed: false,
  });
  const folder = join(plane.sandbox.folder, 'rendered');
  renderings = createRenderings({ folder, helm, charts, kubernetes: '1.36', apis: [] });
  render = ({ name, namespace, values }, chart, signal) =>
    helm.template(
      { name, namespace, chart: chart.path, values: mergeValues(values), kubernetes: '1.36', apis: [] },
      signal,
    );
  environment = { ...withoutFile('shop'), releases: await releases() };
  result = await exported();
});
afterAll(async () => {
  if (withoutUpstream) return;
  client.close();
  await plane.dispose();
});
beforeEach(skipWithoutUpstream);

const chartFolder = (name: string) => join(plane.sandbox.work, name);
const outFolder = () => join(plane.sandbox.work, 'deploy');
const exported = (): Promise<ExportArgoCdResult> =>
  exportArgoCd(
    environment,
    {
      ...{ out: outFolder(), repoUrl: 'https://git.example.org/team/platform.git', revision: 'main', path: 'deploy' },
      ...{ force: false, plain: [] },
    },
    { charts, renderings, render },
    stepContext(),
  );

/** Monitoring with the real definitions, an operator that templates its own, two applications and what they stand on. */
async function releases(): Promise<Release[]> {
  await writeChart(
    'monitoring',
    await realDefinitions('prometheus-operator-crds', /^(prometheuses|servicemonitors|probes)\./),
  );
  await writeChart('operator', {
    'templates/definition.yaml': widgets,
    'templates/widget.yaml': 'apiVersion: example.org/v1\nkind: Widget\nmetadata: { name: own }\n',
  });
  await writeChart('certificates', {
    'templates/deployment.yaml': deployment,
    'templates/monitor.yaml': 'apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: it }\n',
  });
  await writeChart('portal', {
    'templates/widget.yaml': 'apiVersion: example.org/v1\nkind: Widget\nmetadata: { name: portal }\n',
  });
  const given = (name: string, values: object, more: Partial<Release> = {}) =>
    release(name, { values: [{ origin: 'platform.yaml', values: { ...values } }], ...more });
  const local = (name: string) => ({ chart: { from: 'folder', path: chartFolder(name) } as const });
  const service = { from: 'bundled', name: 'service', path: asset('assets/charts/service') } as const;
  return [
    given(
      'db',
      {
        ...{ image: { repository: 'postgres', tag: '17' }, ports: { pg: { port: 5432 } } },
        ...{ generatedSecret: { keys: ['password'] }, env: { PGDATA: '/data', MODE: '0555', NO: 'no', TIME: '12:30' } },
        serviceMonitor: { enabled: true, port: 'pg' },
      },
      { chart: service },
    ),
    given(
      'web',
      {
        image: { repository: 'nginx', tag: '1.10' },
        ports: { http: { port: 80 } },
        env: { PW: { secret: 'db/password' } },
      },
      { chart: service, namespace: 'web', needs: [{ release: 'db', facet: 'ready' }] },
    ),
    given(
      'monitoring',
      {},
      {
        ...local('monitoring'),
        needs: [{ release: 'certificates', facet: 'ready' }],
        catalogue: catalogueEntry('monitoring', { podSecurity: { level: 'privileged', reason: 'reads the host' } }),
      },
    ),
    given('operator', {}, { ...local('operator'), namespace: 'kube-system' }),
    given(
      'certificates',
      { text: 'a\nb\n' },
      {
        chart: { from: 'oci', reference: 'oci://registry.example.org/charts/certificates', version: '1.2.3' },
      },
    ),
    given('portal', { gone: null }),
  ];
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: certificates }
spec:
  selector: { matchLabels: { app: certificates } }
  template:
    metadata: { labels: { app: certificates } }
    spec: { containers: [{ name: main, image: "registry.example/certificates:1" }] }
`;

const widgets = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.org }
spec:
  group: example.org
  scope: Namespaced
  names: { kind: Widget, plural: widgets }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }
`;

/** Some definitions of a public chart, each as a file of crds/. */
async function realDefinitions(chart: string, wanted: RegExp): Promise<Record<string, string>> {
  const documents = (await readFile(join(upstream, chart, 'crds.yaml'), 'utf8')).split(/^---$/m);
  return Object.fromEntries(
    documents.flatMap((document) => {
      const [, name] = /^ {2}name: "?(\S+?)"?$/m.exec(document) ?? [];
      return name === undefined || !wanted.test(name)
        ? []
        : [[`crds/${name}.yaml`, document.replaceAll(/^#.*\n/gm, '').trimStart()]];
    }),
  );
}

async function writeChart(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const all = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.2.3\n`, ...files };
  for (const [file, content] of Object.entries(all)) {
    await mkdir(dirname(join(chartFolder(name), file)), { recursive: true });
    await writeFile(join(chartFolder(name), file), content);
  }
}

async function packChart(name: string, destination: string): Promise<void> {
  const archive = join(destination, `${name}-1.2.3.tgz`);
  await promisify(execFile)('tar', ['-czf', archive, '-C', plane.sandbox.work, name]);
}

async function read<T>(file: string): Promise<T> {
  return parse(await readFile(join(outFolder(), file), 'utf8'), { version: '1.1', maxAliasCount: -1 }) as T;
}

const applications = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';

async function define(definition: KubernetesObject): Promise<void> {
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`;
  await client.apply(definition);
  await eventually(async () => {
    const found = await client.get<KubernetesObject & { status?: { conditions?: readonly Condition[] } }>(path);
    return hasCondition(found?.status?.conditions, 'Established') ? true : undefined;
  });
}

describe('an export, before the schema of Argo CD itself', () => {
  beforeAll(async () => {
    if (withoutUpstream) return;
    const text = await readFile(join(upstream, 'argo-cd', 'crds.yaml'), 'utf8');
    const found = parseManifest(text).find(({ object }) => object.metadata.name === 'applications.argoproj.io');
    if (!found) throw new Error('there is no definition of Applications');
    await define(found.object);
    await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } });
  });

  it('is taken, and no field of it is unknown there', async () => {
    const files = ['apps.yaml', ...result.applications.map(({ file }) => file)];
    expect(files).toHaveLength(8);
    for (const file of files) {
      const application = await read<Application>(file);
      const { spec, metadata } = await client.create<Application>(applications, application);
      // What the schema does not know the API server drops without a word.
      expect({ file, spec }).toEqual({ file, spec: application.spec });
      expect(metadata).toMatchObject(application.metadata);
    }
  });

  it('would be refused for a wrong type, and show a field that is not known', async () => {
    const application = await read<Application>('argocd/db.yaml');
    const wrong = (spec: object, name: string) => ({
      ...application,
      metadata: { ...application.metadata, name, finalizers: [] },
      spec: { ...application.spec, ...spec },
    });
    const refused = client.create(applications, wrong({ project: 1 }, 'refused'));
    await expect(refused).rejects.toThrow(ApiError);
    const taken = await client.create<Application>(applications, wrong({ syncPolcy: {} }, 'taken'));
    expect(taken.spec).toEqual(application.spec);
  });

  it('has namespaces that the API server makes as they are described', async () => {
    const labelled = (name: string) =>
      read<{ spec: { syncPolicy: { managedNamespaceMetadata: { labels: Record<string, string> } } } }>(name);
    const { labels } = (await labelled('argocd/db.yaml')).spec.syncPolicy.managedNamespaceMetadata;
    expect(labels['pod-security.kubernetes.io/enforce']).toBe('privileged');
    const made = await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'made', labels } });
    expect(made.metadata.labels).toMatchObject(labels);
  });

  it('has definitions that the API server takes and serves, though no client-side apply could note them down', async () => {
    const folder = 'definitions/monitoring';
    const files = await readdir(join(outFolder(), folder));
    expect(files).toHaveLength(3);
    const definitions = await Promise.all(files.map((file) => read<KubernetesObject>(`${folder}/${file}`)));
    const sizes = definitions.map((definition) => JSON.stringify(definition).length);
    expect(Math.max(...sizes)).toBeGreaterThan(262_144);
    for (const definition of definitions) await define(definition);
  });

  it('has the part of the configuration that waves need, mergeable into the one that is there', async () => {
    const path = '/api/v1/namespaces/argocd/configmaps/argocd-cm';
    const metadata = { name: 'argocd-cm', namespace: 'argocd' };
    await client.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { url: 'https://argocd' } } as never);
    await client.apply(await read<KubernetesObject>(result.health), undefined, { manager: 'kubectl' });
    const { data } = (await client.get<KubernetesObject & { data: Record<string, string> }>(path)) ?? expect.fail();
    expect(Object.keys(data)).toEqual(['resource.customizations.health.argoproj.io_Application', 'url']);
  });
});

describe('an export, before the graph', () => {
  it('has waves that respect every edge', async () => {
    const rendered = await Promise.all(
      environment.releases.map(async (one): Promise<Release> => {
        const chart = await charts.fetch(one, stepContext());
        return { ...one, contents: await renderings.contents(one, chart, stepContext()) };
      }),
    );
    const edges = edgesOf({ releases: rendered, served: new Set() });
    const waveOf = async (name: string) => {
      const { metadata } = await read<Application>(`argocd/${name}.yaml`);
      return Number(metadata.annotations?.['argocd.argoproj.io/sync-wave']);
    };
    const told = edges.map(({ from, to, facet }) => `${from} ${to}:${facet}`).sort();
    expect(told).toEqual([
      ...['certificates monitoring:crds', 'db monitoring:crds', 'monitoring certificates:ready'],
      ...['portal operator:crds', 'web db:ready'],
    ]);
    for (const { from, to, facet } of edges) {
      const awaited = to === 'monitoring' && facet === 'crds' ? 'monitoring-crds' : to;
      expect(await waveOf(from), `${from} needs ${to}:${facet}`).toBeGreaterThan(await waveOf(awaited));
    }
    expect(await waveOf('monitoring-crds')).toBe(0);
  });
});

describe('an export, before Helm', () => {
  it('keeps the password that a chart makes up, which each rendering has another of', async () => {
    const { spec } = await read<{ spec: { ignoreDifferences: unknown } }>('argocd/db.yaml');
    expect(spec.ignoreDifferences).toEqual([{ kind: 'Secret', name: 'db', jsonPointers: ['/data/password'] }]);
    expect(result.unstable).toEqual(['db']);
  });

  it.each(['db', 'web', 'operator'])('renders %s to what `up` installs', async (name) => {
    const one = environment.releases.find((found) => found.name === name) ?? expect.fail();
    const { spec } = await read<{
      spec: {
        sources: readonly [{ path: string; helm: { releaseName: string; valueFiles: [string]; skipCrds?: true } }];
      };
    }>(`argocd/${name}.yaml`);
    const [{ path, helm }] = spec.sources;
    // As Argo CD resolves them: paths from the root of the repository, $values its second source.
    const inRepository = (file: string) => join(outFolder(), '..', file);
    const valueFile = inRepository(helm.valueFiles[0].replace('$values/', ''));
    const template = (chart: string, values: readonly string[], stdin?: string) =>
      systemProcesses().run(
        helmBinary,
        ['template', helm.releaseName, chart, '--namespace', one.namespace, '--include-crds', ...values],
        { ...(stdin !== undefined && { stdin }) },
      );

    const [theirs, ours] = await Promise.all([
      template(inRepository(path), ['--values', valueFile]),
      template('path' in one.chart ? one.chart.path : '', ['--values', '-'], JSON.stringify(mergeValues(one.values))),
    ]);

    const stable = (text: string) => text.replace(/^ {2}password: .*$/m, '');
    expect(stable(theirs.stdout)).toBe(stable(ours.stdout));
    expect(ours.stdout).toContain('kind:');
  });

  it('names charts that are published where they are published', async () => {
    const sourceOf = async (name: string) =>
      (await read<{ spec: { sources: readonly unknown[] } }>(`argocd/${name}.yaml`)).spec.sources[0];
    expect(await sourceOf('portal')).toMatchObject({
      ...{ repoURL: 'https://charts.example.org', chart: 'portal', targetRevision: '1.2.3' },
    });
    expect(await sourceOf('certificates')).toMatchObject({
      ...{ repoURL: 'registry.example.org/charts', chart: 'certificates', targetRevision: '1.2.3' },
    });
  });
});

describe('a second export', () => {
  it('changes nothing', async () => {
    const second = await exported();
    expect({ written: second.written, removed: second.removed }).toEqual({ written: [], removed: [] });
    expect(second.unchanged).toHaveLength(result.written.length);
  });
});
