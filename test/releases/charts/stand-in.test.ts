import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  type CatalogueEntry,
  catalogueEntrySchema,
  catalogueNames,
  readCatalogueEntry,
} from '../../../src/releases/catalogue.js';
import { writeStandInChart } from '../../../src/releases/charts/stand-in.js';
import { helm, type Manifest, only, rendered, skipWithoutHelm } from '../../charts/helm.js';

let temporary: string;
let folder: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'stand-in-'));
  folder = join(temporary, 'chart');
});

afterEach(() => rm(temporary, { recursive: true }));

const queues = catalogueEntrySchema.parse({
  apiVersion: 'platform/v1alpha1',
  kind: 'CatalogueEntry',
  chart: { oci: 'oci://registry.example.org/charts/queues', version: 'v1.2.3' },
  appVersion: '4.5.6',
  namespace: 'queues',
  crds: {
    from: 'helm',
    resources: [
      {
        group: 'queues.example.org',
        kind: 'Queue',
        plural: 'queues',
        scope: 'Namespaced',
        versions: ['v1', 'v1beta1'],
      },
      { group: 'queues.k8s.io', kind: 'QueueClass', plural: 'queueclasses', scope: 'Cluster', versions: ['v1'] },
    ],
  },
  objects: {
    deployments: { operator: { image: 'registry.example.org/operator:1', replicas: 2 } },
    statefulSets: { broker: { image: 'registry.example.org/broker:1' } },
    daemonSets: { agent: { image: 'registry.example.org/agent:1' } },
    services: {
      operator: { ports: { https: 443, metrics: 9402 } },
      entrance: { type: 'LoadBalancer', ports: { web: 80 } },
    },
    ingressClasses: { queues: { controller: 'example.org/controller' } },
    apiServices: ['v1.metrics.example.org'],
    webhooks: ['queues-webhook'],
  },
});

/** Every public chart of the catalogue, and one without objects. */
const standIns: [name: string, entry: CatalogueEntry][] = [
  ['empty', { ...queues, crds: undefined, objects: catalogueEntrySchema.shape.objects.parse({}) }],
];
for (const name of await catalogueNames()) {
  const entry = await readCatalogueEntry(name);
  if (entry && !('bundled' in entry.chart)) standIns.push([name, entry]);
}

const read = async (path: string) => parse(await readFile(join(folder, path), 'utf8')) as Manifest;

/** Path to content of all files of the chart, sorted. */
async function contents(): Promise<Map<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
  const paths = files.map((file) => relative(folder, join(file.parentPath, file.name))).sort();
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), 'utf8')));
  return new Map(paths.map((path, index) => [path, texts[index] ?? '']));
}

describe('the chart that stands in for another', () => {
  it('has its name and version, and says what it is', async () => {
    await writeStandInChart('queues', queues, folder);
    expect(await read('Chart.yaml')).toMatchObject({
      name: 'queues',
      version: 'v1.2.3',
      appVersion: '4.5.6',
      annotations: { 'platform.dev/stand-in': 'true' },
    });
  });

  it('holds the objects of the entry, but no webhook and no API service', async () => {
    await writeStandInChart('queues', queues, folder);
    expect([...(await contents()).keys()]).toEqual([
      'Chart.yaml',
      'crds/queueclasses.queues.k8s.io.yaml',
      'crds/queues.queues.example.org.yaml',
      'templates/NOTES.txt',
      'templates/agent-daemonset.yaml',
      'templates/broker-statefulset.yaml',
      'templates/entrance-service.yaml',
      'templates/operator-deployment.yaml',
      'templates/operator-service.yaml',
      'templates/queues-ingressclass.yaml',
      'values.yaml',
    ]);
  });

  it('is the same to the byte for the same entry, with nothing left of an earlier one', async () => {
    await writeStandInChart('queues', queues, folder);
    const first = await contents();
    await writeFile(join(folder, 'templates', 'left-over.yaml'), 'kind: ConfigMap\n');
    await writeStandInChart('queues', structuredClone(queues), folder);
    expect(await contents()).toEqual(first);
  });

  it('has the chart name of a classic repository too', async () => {
    const chart = { repository: 'https://charts.example.org', name: 'queue-operator', version: '1.0.0' };
    await writeStandInChart('queues', { ...queues, chart }, folder);
    expect(await read('Chart.yaml')).toMatchObject({ name: 'queue-operator', version: '1.0.0' });
  });

  it('is refused for a chart of ours, which is always at hand', async () => {
    await expect(writeStandInChart('auth', { ...queues, chart: { bundled: 'service' } }, folder)).rejects.toThrow(
      'release auth uses the bundled chart service, which needs no stand-in',
    );
  });
});

describe('custom resource definitions of a stand-in', () => {
  it('take any content, have a status, and store the first version', async () => {
    await writeStandInChart('queues', queues, folder);
    const definition = await read('crds/queues.queues.example.org.yaml');
    const version = {
      served: true,
      schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      subresources: { status: {} },
    };
    expect(definition).toEqual({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {
        name: 'queues.queues.example.org',
        labels: {
          'app.kubernetes.io/name': 'queues',
          'app.kubernetes.io/instance': 'queues',
          'platform.dev/stand-in': 'true',
        },
      },
      spec: {
        group: 'queues.example.org',
        scope: 'Namespaced',
        names: { kind: 'Queue', listKind: 'QueueList', plural: 'queues', singular: 'queue' },
        versions: [
          { name: 'v1', storage: true, ...version },
          { name: 'v1beta1', storage: false, ...version },
        ],
      },
    });
  });

  it("carry the word on their approval that the API server asks for in Kubernetes' own groups", async () => {
    await writeStandInChart('queues', queues, folder);
    const { metadata } = await read('crds/queueclasses.queues.k8s.io.yaml');
    expect(metadata.annotations?.['api-approved.kubernetes.io']).toMatch(/^unapproved/);
  });
});

describe('a stand-in and the real Helm', () => {
  beforeEach(skipWithoutHelm);

  it('renders whatever the values are, everything labelled', async () => {
    await writeStandInChart('queues', queues, folder);
    const values = { replicas: 'many', operator: { image: null } };
    const objects = await rendered('my-queues', folder, { values, namespace: 'queues' });
    expect(objects).toHaveLength(6);
    for (const { kind, metadata } of objects) {
      expect(metadata.labels, kind).toEqual({
        'app.kubernetes.io/name': metadata.name,
        'app.kubernetes.io/instance': 'my-queues',
        'app.kubernetes.io/managed-by': 'Helm',
        'platform.dev/stand-in': 'true',
      });
    }
    expect(only(objects, 'Service', 'entrance')).toMatchObject({
      spec: { type: 'LoadBalancer', ports: [{ name: 'web', port: 80 }] },
    });
    expect(only(objects, 'IngressClass')).toMatchObject({ spec: { controller: 'example.org/controller' } });
    expect(only(objects, 'Deployment')).toMatchObject({ spec: { replicas: 2 } });
    expect(only(objects, 'DaemonSet')['spec']).not.toHaveProperty('replicas');
  });

  it('has Services that select the pods of the workload of their name', async () => {
    await writeStandInChart('queues', queues, folder);
    const objects = await rendered('queues', folder);
    const { spec } = only(objects, 'Service', 'operator') as Manifest & { spec: { selector: Record<string, string> } };
    expect(spec.selector).toEqual({ 'app.kubernetes.io/name': 'operator', 'platform.dev/stand-in': 'true' });
    expect(only(objects, 'Deployment', 'operator')).toMatchObject({
      spec: { selector: { matchLabels: spec.selector }, template: { metadata: { labels: spec.selector } } },
    });
  });

  it('has pods that pass Pod Security restricted', async () => {
    await writeStandInChart('queues', queues, folder);
    const objects = await rendered('queues', folder);
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet']) {
      expect(only(objects, kind), kind).toMatchObject({
        spec: {
          template: {
            spec: {
              securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
              containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
            },
          },
        },
      });
    }
  });

  it.each(standIns)('passes a lint: %s', async (name, entry) => {
    await writeStandInChart(name, entry, folder);
    const [{ stdout, stderr, exitCode }, shown] = await Promise.all([
      helm(['lint', folder]),
      helm(['template', name, folder, '--include-crds']),
    ]);
    expect(exitCode, `${stdout}${stderr}`).toBe(0);
    // Helm's only complaint may be about a version with a v, which is the real chart's own.
    expect(stdout.match(/WARNING.*/g) ?? []).toEqual(
      (await readFile(join(folder, 'Chart.yaml'), 'utf8')).includes('version: v')
        ? [expect.stringContaining('version')]
        : [],
    );
    expect(shown.stdout.match(/^kind: CustomResourceDefinition$/gm)?.length ?? 0).toBe(
      entry.crds?.resources.length ?? 0,
    );
  });
});
