import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment, Release } from '../../../src/environment/environment.js';
import { loadEnvironment } from '../../../src/environment/load.js';
import { hasCondition, type Condition, type KubernetesObject } from '../../../src/kubernetes/objects.js';
import { parseManifest } from '../../../src/releases/helm/manifest.js';
import { mergeValues } from '../../../src/releases/values/values.js';
import { rendered, type Manifest } from '../../charts/helm.js';
import { upstream } from '../../upstream.js';
import { bareApiServer, type BareApiServer } from './bare-api-server.js';
import { eventually } from './control-plane.js';
import { strictDryRun } from './strict-dry-run.js';

const file = `apiVersion: platform/v1alpha1
kind: Environment
name: shop
blueprint: microservices
parts: [logging, tracing, slack]
aws: { account: "123456789012", region: eu-north-1 }
`;
const definitions = join(upstream, 'prometheus-operator-crds', 'crds.yaml');
const withoutDefinitions = existsSync(definitions)
  ? undefined
  : `the real definitions of ServiceMonitor and PrometheusRule are not in ${definitions}`;

let server: BareApiServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rendered-objects-'));
  await writeFile(join(folder, 'platform.yaml'), file);
  server = await bareApiServer();
});
afterAll(async () => {
  await server.dispose();
  await rm(folder, { recursive: true });
});

describe.each(['local', 'aws'] as const)(
  'every object of our own charts in the default environment on %s',
  (target) => {
    let objects: readonly Manifest[];
    beforeAll(async () => {
      const { releases } = await loadEnvironment({ cwd: folder, target });
      objects = await objectsOf(releases);
      // Of all kinds of pods, also those whose namespace allows more because of others in it.
      for (const namespace of new Set(objects.map(({ metadata }) => metadata.namespace ?? ''))) {
        await server.client.apply(restricted(namespace));
      }
    });

    it('is there to be judged', () => {
      const found = new Set(objects.map(({ kind }) => kind));
      for (const kind of ['Deployment', 'StatefulSet', 'HorizontalPodAutoscaler', 'NetworkPolicy', 'Ingress']) {
        expect(found).toContain(kind);
      }
    });

    it('has the fields that the API server knows and nothing that it warns of', async () => {
      expect(await complaintsAbout(objects.filter(({ apiVersion }) => !isCustom(apiVersion)))).toEqual([]);
    });

    it('has pods that Pod Security "restricted" takes', async () => {
      const pods = objects.flatMap(podOf);
      expect(pods.length).toBeGreaterThan(4);
      expect(await complaintsAbout(pods)).toEqual([]);
    });

    it.skipIf(withoutDefinitions)(
      `has monitors and rules that fit the real definitions (${withoutDefinitions ?? 'which are here'})`,
      async () => {
        await define(['servicemonitors.monitoring.coreos.com', 'prometheusrules.monitoring.coreos.com']);
        const custom = objects.filter(({ apiVersion }) => isCustom(apiVersion));
        expect(new Set(custom.map(({ apiVersion }) => apiVersion))).toEqual(new Set(['monitoring.coreos.com/v1']));
        expect(await complaintsAbout(custom)).toEqual([]);
      },
    );
  },
);

describe('the judge of these objects', () => {
  const metadata = { name: 'probe', namespace: 'judged' };
  const container = { name: 'main', image: 'example.org/main:1' };
  beforeAll(() => server.client.apply(restricted('judged')));

  it('refuses a field that there is not', async () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }], selctor: {} } };
    expect((await strictDryRun(server, service)).refusal).toContain('unknown field "spec.selctor"');
  });

  it('refuses a pod that asks for more than it may, and warns of a workload that makes such pods', async () => {
    const spec = { containers: [container], hostNetwork: true };
    const labels = { app: 'probe' };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
    const deployment = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } };
    const workload = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: deployment };

    expect((await strictDryRun(server, pod)).refusal).toContain('violates PodSecurity "restricted');
    const { refusal, warnings } = await strictDryRun(server, workload);
    expect(refusal).toBeUndefined();
    expect(warnings.join()).toContain('would violate PodSecurity "restricted');
  });
});

async function objectsOf(releases: Environment['releases']): Promise<Manifest[]> {
  const own = releases.filter(({ chart }) => chart.from === 'bundled');
  return (await Promise.all(own.map(renderedRelease))).flat();
}

/** As Helm would apply it: an object that names no namespace goes into the release's. */
async function renderedRelease({ name, namespace, chart, values }: Release): Promise<Manifest[]> {
  if (chart.from !== 'bundled') return [];
  const found = await rendered(name, chart.path, { namespace, values: mergeValues(values) });
  return found.map((object) => ({ ...object, metadata: { namespace, ...object.metadata } }));
}

async function complaintsAbout(objects: readonly Manifest[]): Promise<string[]> {
  const complaints: string[] = [];
  for (const object of objects) {
    const { refusal, warnings } = await strictDryRun(server, object);
    for (const text of [...(refusal === undefined ? [] : [refusal]), ...warnings]) {
      complaints.push(`${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}: ${text}`);
    }
  }
  return complaints;
}

function restricted(name: string): KubernetesObject {
  const levels = Object.fromEntries(
    ['enforce', 'warn', 'audit'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
  );
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: levels } };
}

interface Workload {
  readonly template?: {
    readonly metadata: object;
    readonly spec: { readonly volumes?: readonly object[]; readonly [field: string]: unknown };
  };
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
}

/** The pod that a workload makes, on its own: workloads are only warned about, pods are refused. */
function podOf({ kind, metadata, spec }: Manifest): Manifest[] {
  const { template, volumeClaimTemplates = [] } = (spec ?? {}) as Workload;
  if (!template) return [];
  const { name, namespace } = metadata;
  const claims = volumeClaimTemplates.map(({ metadata: { name: volume } }) => ({
    ...{ name: volume, persistentVolumeClaim: { claimName: `${volume}-${name}-0` } },
  }));
  return [
    {
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: { ...template.metadata, name: `${name}-${kind.toLowerCase()}`, ...(namespace && { namespace }) },
      spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] },
    },
  ];
}

function isCustom(apiVersion: string): boolean {
  const [group = ''] = apiVersion.split('/');
  return group.includes('.') && !group.endsWith('.k8s.io');
}

async function define(names: readonly string[]): Promise<void> {
  const documents = (await readFile(definitions, 'utf8')).split(/^---$/m);
  for (const name of names) {
    const text = documents.find((document) => new RegExp(`^ {2}name: "?${name}"?$`, 'm').test(document));
    const [found] = parseManifest(text ?? '');
    if (!found) throw new Error(`there is no definition of ${name}`);
    await server.client.apply(found.object);
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
    await eventually(async () => {
      const { status } =
        (await server.client.get<KubernetesObject & { status?: { conditions?: Condition[] } }>(path)) ?? {};
      return hasCondition(status?.conditions, 'Established') ? true : undefined;
    });
    // A kind is served a moment after its definition is established.
    const [plural = '', ...group] = name.split('.');
    await eventually(() => server.client.list(`/apis/${group.join('.')}/v1/${plural}`).catch(() => undefined));
  }
}
