import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { asset } from '../../src/paths.js';
import {
  type CatalogueEntry,
  catalogueEntrySchema,
  catalogueNames,
  readCatalogueEntry,
} from '../../src/releases/catalogue.js';
import { facetsOf } from '../../src/releases/facets.js';
import { type Manifest, manifests, rendered, serviceChart, skipWithoutHelm } from '../charts/helm.js';

/** What public charts render, beside the checkout; see its README. */
const upstream = asset('..', 'shared', 'upstream');

const names = await catalogueNames();
const entries = new Map<string, CatalogueEntry>();
for (const name of names) {
  const entry = await readCatalogueEntry(name);
  if (entry) entries.set(name, entry);
}

describe('the catalogue', () => {
  it('has an entry in each of its folders, all of them valid', () => {
    expect([...entries.keys()].sort()).toEqual([
      'api',
      'auth',
      'calico',
      'cert-manager',
      'images',
      'kube-prometheus-stack',
      'metrics-server',
      'postgres',
      'traefik',
      'webportal',
    ]);
    expect(names).toHaveLength(entries.size);
  });

  it('needs only facets that an entry provides', () => {
    for (const [name, { needs }] of entries) {
      for (const need of needs) {
        const [release = '', facet = ''] = need.split(':');
        expect(facetsOf({ catalogue: entries.get(release) }), `${name} needs ${need}`).toContain(facet);
        expect(entries.has(release), `${name} needs ${need}`).toBe(true);
      }
    }
  });

  it('gives one namespace one level of Pod Security', () => {
    const levels = new Map<string, Set<string>>();
    for (const { namespace, podSecurity } of entries.values()) {
      levels.set(namespace, (levels.get(namespace) ?? new Set()).add(podSecurity.level));
    }
    expect([...levels].filter(([, found]) => found.size > 1)).toEqual([]);
  });

  it('refuses a key it does not know', () => {
    const entry = {
      apiVersion: 'platform/v1alpha1',
      kind: 'CatalogueEntry',
      chart: { bundled: 'service' },
      namespace: 'a',
    };
    expect(catalogueEntrySchema.safeParse(entry).success).toBe(true);
    expect(catalogueEntrySchema.safeParse({ ...entry, need: ['postgres:ready'] }).success).toBe(false);
  });
});

describe.each([...entries].filter(([, { chart }]) => !('bundled' in chart)))('the entry %s', (_, entry) => {
  beforeEach((context: TestContext) => {
    context.skip(!existsSync(upstream), `there are no rendered public charts in ${upstream}`);
  });

  const { chart, crds, namespace, objects } = entry;
  const folder = 'bundled' in chart ? '' : 'name' in chart ? chart.name : (chart.oci.split('/').at(-1) ?? '');

  it('names the chart, its version and where it is', async () => {
    const [known] = (await charts()).filter(({ name }) => name === folder);
    if ('bundled' in chart) return;
    expect(known?.version).toBe(chart.version);
    expect(known?.appVersion).toBe(entry.appVersion);
    if ('oci' in chart) expect(known?.repository.oci).toBe(chart.oci);
    else expect(chart.repository.replace(/\/$/, '')).toBe(known?.repository.classic?.replace(/\/$/, ''));
  });

  it('lists the CRDs of the chart', async () => {
    const source = crds?.chart?.name ?? folder;
    const expected = existsSync(`${upstream}/${source}/crds.yaml`)
      ? manifests(withoutSchemas(await readFile(`${upstream}/${source}/crds.yaml`, 'utf8'))).map(customResource)
      : [];
    expect(sorted(crds?.resources ?? [])).toEqual(sorted(expected));
  });

  it('lists workloads, Services and classes as the chart makes them', async () => {
    expectRendered(entry, await upstreamObjects(folder));
  });

  it('lists every workload of the chart, and every Service of its namespace that these values leave in', async () => {
    const found = await upstreamObjects(folder);
    const namesOf = (kind: string) =>
      found
        .filter((object) => object.kind === kind && object.metadata.namespace === namespace)
        .map(({ metadata }) => metadata.name);
    expect(Object.keys(objects.deployments).sort()).toEqual(namesOf('Deployment').sort());
    expect(Object.keys(objects.statefulSets).sort()).toEqual(namesOf('StatefulSet').sort());
    expect(Object.keys(objects.daemonSets).sort()).toEqual(namesOf('DaemonSet').sort());
    expect(Object.keys(objects.services).sort()).toEqual(namesOf('Service').sort());
  });

  it('lists API services and the webhooks that refuse when they do not answer', async () => {
    const found = await upstreamObjects(folder);
    expect(objects.apiServices).toEqual(
      found.filter(({ kind }) => kind === 'APIService').map(({ metadata }) => metadata.name),
    );
    const failing = found.filter(
      (object) =>
        object.kind.endsWith('WebhookConfiguration') &&
        (object['webhooks'] as { failurePolicy?: string }[]).some(({ failurePolicy }) => failurePolicy !== 'Ignore'),
    );
    expect(objects.webhooks).toEqual([...new Set(failing.map(({ metadata }) => metadata.name))]);
  });
});

describe.each([...entries].filter(([, { chart }]) => 'bundled' in chart))('our own entry %s', (name, entry) => {
  beforeEach(skipWithoutHelm);

  it('lists what the chart makes of its values', async () => {
    const objects = await rendered(name, serviceChart, {
      namespace: entry.namespace,
      args: ['--values', asset('helm-values', name, 'values.yaml')],
    });
    expectRendered(entry, objects);
    const count = (...kinds: string[]) => objects.filter(({ kind }) => kinds.includes(kind)).length;
    expect(count('Deployment', 'StatefulSet')).toBe(
      Object.keys({ ...entry.objects.deployments, ...entry.objects.statefulSets }).length,
    );
    expect(count('Service')).toBe(Object.keys(entry.objects.services).length);
  });

  it('needs the CRDs of what it creates and the releases behind its Ingress', async () => {
    const objects = await rendered(name, serviceChart, {
      args: ['--values', asset('helm-values', name, 'values.yaml')],
    });
    const has = (kind: string) => objects.some((object) => object.kind === kind);
    expect(entry.needs.includes('kube-prometheus-stack:crds')).toBe(has('ServiceMonitor') || has('PrometheusRule'));
    expect(entry.needs.includes('traefik:ready')).toBe(has('Ingress'));
    expect(entry.needs.includes('cert-manager:webhook')).toBe(has('Ingress'));
  });
});

/** Everything the entry lists is among the objects, with the same images, replicas, ports and controllers. */
function expectRendered({ objects }: CatalogueEntry, found: readonly Manifest[]): void {
  const named = (kind: string, name: string) =>
    found.find((object) => object.kind === kind && object.metadata.name === name) ?? expect.fail(`no ${kind} ${name}`);
  const workloads = {
    Deployment: objects.deployments,
    StatefulSet: objects.statefulSets,
    DaemonSet: objects.daemonSets,
  };
  for (const [kind, listed] of Object.entries(workloads)) {
    for (const [name, { image, replicas }] of Object.entries(listed)) {
      const { spec } = named(kind, name) as Manifest & { spec: WorkloadSpec };
      expect(
        spec.template.spec.containers.map((container) => container.image),
        name,
      ).toContain(image);
      expect(spec.replicas ?? 1, name).toBe(replicas);
    }
  }
  for (const [name, { type, ports }] of Object.entries(objects.services)) {
    const { spec } = named('Service', name) as Manifest & { spec: ServiceSpec };
    expect(spec.type ?? 'ClusterIP', name).toBe(type);
    expect(Object.fromEntries(spec.ports.map((port) => [port.name, port.port])), name).toEqual(ports);
  }
  for (const [name, { controller }] of Object.entries(objects.ingressClasses)) {
    expect(named('IngressClass', name)).toMatchObject({ spec: { controller } });
  }
}

interface WorkloadSpec {
  readonly replicas?: number;
  readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
}

interface ServiceSpec {
  readonly type?: string;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

type CustomResource = NonNullable<CatalogueEntry['crds']>['resources'][number];

function customResource(definition: Manifest): CustomResource {
  const { group, scope, names, versions } = definition['spec'] as {
    group: string;
    scope: CustomResource['scope'];
    names: { kind: string; plural: string };
    versions: [{ name: string }, ...{ name: string }[]];
  };
  const [first, ...others] = versions.map(({ name }) => name);
  return { group, kind: names.kind, plural: names.plural, scope, versions: [first ?? '', ...others] };
}

function sorted(resources: readonly CustomResource[]): CustomResource[] {
  const key = ({ group, plural }: CustomResource) => `${plural}.${group}`;
  return [...resources].sort((left, right) => key(left).localeCompare(key(right)));
}

/** Megabytes of schema, which would take many seconds to parse, left out: the lines deeper than a `schema:` key. */
function withoutSchemas(stream: string): string {
  let depth = Infinity;
  return stream
    .split('\n')
    .filter((line) => {
      const indent = line.search(/\S/);
      if (indent > depth || indent === -1) return depth === Infinity;
      depth = /^\s*schema:\s*$/.test(line) ? indent : Infinity;
      return depth === Infinity;
    })
    .join('\n');
}

/** The objects an entry speaks of; the rest of a stream (dashboards, rules) is not even parsed. */
async function upstreamObjects(folder: string): Promise<Manifest[]> {
  const kinds =
    /^kind: "?(Deployment|StatefulSet|DaemonSet|Service|IngressClass|APIService|\w+WebhookConfiguration)"?$/m;
  const documents = (await readFile(`${upstream}/${folder}/manifests.yaml`, 'utf8')).split(/^---$/m);
  return manifests(documents.filter((document) => kinds.test(document)).join('\n---\n'));
}

interface KnownChart {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  readonly repository: { readonly classic?: string; readonly oci?: string };
}

async function charts(): Promise<KnownChart[]> {
  const [document] = manifests(await readFile(`${upstream}/catalogue.yaml`, 'utf8'));
  return document as unknown as KnownChart[];
}
