import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { asset } from '../../src/paths.js';
import { type CatalogueEntry, catalogueNames, readCatalogueEntry } from '../../src/releases/catalogue.js';
import { isMap } from '../../src/releases/values/values.js';
import { expectRendered } from './expect-rendered.js';
import { podSecurityLevel } from './pod-security.js';
import { skipWithoutUpstream } from '../upstream.js';
import { knownChart, upstreamDefinitions, upstreamObjects, type Definition } from './upstream.js';

const entries: [name: string, entry: CatalogueEntry, chart: string][] = [];
for (const name of await catalogueNames()) {
  const entry = await readCatalogueEntry(name);
  if (entry && !('bundled' in entry.chart)) entries.push([name, entry, chartName(entry)]);
}

function chartName({ chart }: CatalogueEntry): string {
  if ('bundled' in chart) return chart.bundled;
  return 'name' in chart ? chart.name : (chart.oci.split('/').at(-1) ?? '');
}

/** Objects that the chart makes with its own defaults, and that our values of it switch off. */
const switchedOff: Readonly<Record<string, readonly string[]>> = {
  loki: ['loki-canary', 'loki-gateway', 'loki-gateway-exporter'],
};

describe.each(entries)('the entry %s', (name, entry, folder) => {
  beforeEach(skipWithoutUpstream);

  const { chart, crds, namespace, objects } = entry;

  it('names the chart, its version and where it is', async () => {
    const known = await knownChart(folder);
    if ('bundled' in chart) return;
    expect(known?.version).toBe(chart.version);
    expect(known?.appVersion ?? undefined).toBe(entry.appVersion);
    if ('oci' in chart) expect(chart.oci).toBe(known?.repository.oci);
    else expect(chart.repository.replace(/\/$/, '')).toBe(known?.repository.classic?.replace(/\/$/, ''));
  });

  // Object names come from the release's name: only under this one are they what the entry lists.
  it('is called what the chart was rendered as', async () => {
    const known = await knownChart(folder);
    expect([name, namespace]).toEqual([known?.releaseName, known?.defaultNamespace]);
  });

  it('lists the CRDs of the chart, and how they come', async () => {
    const source = crds?.chart?.name ?? folder;
    const definitions = await upstreamDefinitions(source);
    expect(sorted(crds?.resources ?? [])).toEqual(sorted(definitions.map(customResource)));
    const from = (await knownChart(source))?.crds?.from ?? {};
    const ways = from.templates ? ['switch', 'helm'] : from.crdsDirectory ? ['folder'] : [undefined];
    expect(ways).toContain(crds?.from);
  });

  it('turns its switch on for the CRDs and off for the installation', async () => {
    if (crds?.from !== 'switch' || crds.chart) {
      expect(crds?.switch).toBeUndefined();
      return;
    }
    const values: unknown = parse(await readFile(asset('helm-values', name, 'values.yaml'), 'utf8'));
    const switches = leaves(crds.switch);
    expect(switches.length).toBeGreaterThan(0);
    for (const [path, value] of switches) {
      expect(value, path.join('.')).toBe(true);
      expect(path.reduce<unknown>((map, key) => (isMap(map) ? map[key] : undefined), values)).toBe(false);
    }
  });

  it('has conditions of its own CRDs only', () => {
    for (const [condition, { resource, version, scope }] of Object.entries(entry.conditions)) {
      const known = crds?.resources.find(({ plural, group }) => `${plural}.${group}` === resource);
      expect(known, condition).toMatchObject({ scope });
      expect(known?.versions, condition).toContain(version);
    }
  });

  it('lists workloads, Services and classes as the chart makes them', async () => {
    expectRendered(entry, await upstreamObjects(folder));
  });

  it('lists every workload and every Service of its namespace that our values leave in', async () => {
    const found = await upstreamObjects(folder);
    const namesOf = (kind: string) =>
      found
        .filter(({ metadata, ...object }) => object.kind === kind && (metadata.namespace ?? namespace) === namespace)
        .map(({ metadata }) => metadata.name)
        .filter((object) => !switchedOff[name]?.includes(object));
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
    expect([...objects.webhooks].sort()).toEqual([...new Set(failing.map(({ metadata }) => metadata.name))].sort());
  });

  it('claims no stricter Pod Security level than its pods keep', async () => {
    const levels = ['privileged', 'baseline', 'restricted'];
    const kept = podSecurityLevel(await upstreamObjects(folder));
    expect(levels.indexOf(entry.podSecurity.level), `its pods keep ${kept}`).toBeLessThanOrEqual(levels.indexOf(kept));
  });
});

describe('values of public charts', () => {
  it.each(entries)('are maps: %s', async (name) => {
    for (const file of ['values.yaml', 'local.yaml', 'aws.yaml']) {
      const path = asset('helm-values', name, file);
      if (existsSync(path)) expect(isMap(parse(await readFile(path, 'utf8'))), file).toBe(true);
    }
  });
});

type CustomResource = NonNullable<CatalogueEntry['crds']>['resources'][number];

/** Served versions, the stored one first: a stand-in stores the first. */
function customResource({ spec: { group, scope, names, versions } }: Definition): CustomResource {
  const served = [...versions.filter(({ served }) => served)].sort((a, b) => Number(b.storage) - Number(a.storage));
  const [first = '', ...others] = served.map(({ name }) => name);
  return { group, kind: names.kind, plural: names.plural, scope, versions: [first, ...others] };
}

function sorted(resources: readonly CustomResource[]): CustomResource[] {
  const key = ({ group, plural }: CustomResource) => `${plural}.${group}`;
  return [...resources].sort((left, right) => key(left).localeCompare(key(right)));
}

function leaves(value: unknown, path: readonly string[] = []): [path: readonly string[], value: unknown][] {
  if (!isMap(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]));
}
