import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import type { Release } from '../../../src/environment/environment.js';
import { ApiError } from '../../../src/kubernetes/api-errors.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import { probeOf, type Probe } from '../../../src/releases/gates/facet-probes.js';
import { parseManifest } from '../../../src/releases/helm/manifest.js';
import { customResourceDefinition } from '../../../src/releases/charts/stand-in/custom-resource-definition.js';
import { catalogueEntry, release } from '../../releases/release.js';
import { skipWithoutUpstream, upstream } from '../../upstream.js';
import { edit } from '../edit.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';

/** What public charts render, beside the checkout; see its README. */

let plane: ControlPlane;
let client: ClusterClient;
let view: ClusterView;
beforeAll(async () => {
  plane = await controlPlane('conditions');
  await plane.provider.create(stepContext());
  client = await plane.client({ answerTimeoutMs: 60_000 });
  view = new ClusterView(() => Promise.resolve(client), systemClock);
});
afterAll(() => plane.dispose());

type Definition = KubernetesObject & {
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly storage: boolean }[];
  };
};
type Status = KubernetesObject & {
  readonly status?: { readonly conditions?: readonly { type: string; status: string; observedGeneration?: number }[] };
};

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

async function define(definition: KubernetesObject): Promise<Definition> {
  await client.apply(definition);
  return eventually(async () => {
    const found = await client.get<Definition & Status>(`${definitions}/${definition.metadata.name}`);
    const served = found?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True');
    return served ? found : undefined;
  });
}

/** A definition that takes anything, as a stand-in brings it. */
function lenient(group: string, kind: string, plural: string): KubernetesObject {
  return customResourceDefinition({ group, kind, plural, scope: 'Namespaced', versions: ['v1'] }, {});
}

/** One definition of a public chart; the megabytes around it are not parsed. */
async function real(chart: string, name: string): Promise<KubernetesObject> {
  const documents = (await readFile(`${upstream}/${chart}/crds.yaml`, 'utf8')).split(/^---$/m);
  const text = documents.find((document) => new RegExp(`^  name: "?${name}"?$`, 'm').test(document)) ?? '';
  return parseManifest(text)[0]?.object ?? expect.fail(`no ${name} in ${chart}`);
}

function collection({ spec }: Definition): string {
  const version = spec.versions.find(({ storage }) => storage)?.name ?? '';
  const scope = spec.scope === 'Namespaced' ? '/namespaces/default' : '';
  return `/apis/${spec.group}/${version}${scope}/${spec.names.plural}`;
}

async function create(definition: Definition, name: string, spec: object, annotations: object = {}): Promise<string> {
  const [, , group, version] = collection(definition).split('/');
  const { kind } = definition.spec.names;
  const object = { apiVersion: `${group ?? ''}/${version ?? ''}`, kind, metadata: { name, annotations }, spec };
  // A kind is served a moment after its definition is established.
  await eventually(() =>
    client.create(collection(definition), object).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }),
  );
  return `${collection(definition)}/${name}`;
}

const met = (release: Release, facet: Parameters<typeof probeOf>[0]) =>
  eventually(async (): Promise<Probe | undefined> => {
    const probe = await probeOf(facet)(view, release, 0);
    return probe.met ? probe : undefined;
  });

describe('a named condition, on simulated operators', () => {
  const conditions = {
    certificate: {
      resource: 'certificates.cert-manager.io',
      version: 'v1',
      condition: 'Ready',
      scope: 'Namespaced',
    },
  };
  const certificates = release('certificates', { catalogue: catalogueEntry('certificates', { conditions }) });
  const facet = 'certificate/default/web';

  it('is waited for from before its kind is served until its object has it', async () => {
    expect(await probeOf(facet)(view, certificates)).toEqual({
      met: false,
      waitingFor: 'certificates.cert-manager.io/web: not there yet',
    });
    const definition = await define(lenient('cert-manager.io', 'Certificate', 'certificates'));
    expect(await probeOf(facet)(view, certificates)).toMatchObject({ met: false });
    await create(definition, 'web', { secretName: 'web' });
    expect(await met(certificates, facet)).toEqual({ met: true, detail: facet });
  });

  it('is said anew of what has changed', async () => {
    const path = '/apis/cert-manager.io/v1/namespaces/default/certificates/web';
    await edit(client, path, () => ({ spec: { secretName: 'other' } }));
    const after = await eventually(async () => {
      const found = await client.get<Status>(path);
      return found?.status?.conditions?.[0]?.observedGeneration === 2 ? found : undefined;
    });
    expect(after.metadata.generation).toBe(2);
    expect(await met(certificates, facet)).toMatchObject({ met: true });
  });

  it('comes again when its definition was replaced', async () => {
    await client.delete(`${definitions}/certificates.cert-manager.io`);
    await eventually(async () =>
      (await client.get(`${definitions}/certificates.cert-manager.io`)) ? undefined : true,
    );
    const definition = await define(lenient('cert-manager.io', 'Certificate', 'certificates'));
    await create(definition, 'web', {});
    expect(await met(certificates, facet)).toMatchObject({ met: true });
  });

  it('is left to others where nothing of ours waits for the kind', async () => {
    const definition = await define(lenient('example.org', 'Thing', 'things'));
    const path = await create(definition, 'one', {});
    const marker = await create(await define(lenient('cert-manager.io', 'Issuer', 'issuers')), 'later', {});
    await eventually(async () => (await client.get<Status>(marker))?.status?.conditions?.[0]);
    expect((await client.get<Status>(path))?.status).toBeUndefined();
  });
});

describe('the readiness of a release', () => {
  it('waits for the custom resources that its chart creates', async () => {
    const database = {
      resource: 'prometheuses.monitoring.coreos.com',
      version: 'v1',
      condition: 'Available',
      scope: 'Namespaced',
      ready: true,
    };
    const monitoring = release('monitoring', {
      namespace: 'default',
      catalogue: catalogueEntry('monitoring', { conditions: { prometheus: database } }),
    });
    await client.create('/api/v1/namespaces/default/secrets', {
      metadata: {
        name: 'sh.helm.release.v1.monitoring.v1',
        labels: { owner: 'helm', name: 'monitoring', status: 'deployed', version: '1' },
      },
    });
    expect(await probeOf('ready')(view, monitoring, 0)).toEqual({
      met: false,
      waitingFor: 'definition prometheuses.monitoring.coreos.com',
    });
    const definition = await define(lenient('monitoring.coreos.com', 'Prometheus', 'prometheuses'));
    const own = { 'meta.helm.sh/release-name': 'monitoring', 'meta.helm.sh/release-namespace': 'default' };
    await create(definition, 'main', {}, own);
    expect(await met(monitoring, 'ready')).toEqual({ met: true, detail: '0 workloads ready, 1 custom resources' });
  });
});

// [chart, definition, a spec that its schema takes]; Issuer and SecretStore have the status of their cluster-wide twins.
const fake = { provider: { fake: { data: [] } } };
const kinds: readonly (readonly [chart: string, definition: string, spec: object])[] = [
  ['cert-manager', 'clusterissuers.cert-manager.io', { selfSigned: {} }],
  ['cert-manager', 'certificates.cert-manager.io', { secretName: 'web', issuerRef: { name: 'ca' } }],
  ['kube-prometheus-stack', 'prometheuses.monitoring.coreos.com', {}],
  ['kube-prometheus-stack', 'alertmanagers.monitoring.coreos.com', {}],
  ['crd.projectcalico.org.v1', 'tigerastatuses.operator.tigera.io', {}],
  ['crd.projectcalico.org.v1', 'installations.operator.tigera.io', {}],
  ['cloudnative-pg', 'clusters.postgresql.cnpg.io', { instances: 1, storage: { size: '1Gi' } }],
  ['external-secrets', 'clustersecretstores.external-secrets.io', fake],
  ['external-secrets', 'externalsecrets.external-secrets.io', { secretStoreRef: { name: 'a' }, target: { name: 'b' } }],
  [
    'eck-operator',
    'elasticsearches.elasticsearch.k8s.elastic.co',
    { version: '9.1.0', nodeSets: [{ name: 'default', count: 1 }] },
  ],
];

describe('the custom resources of public charts', () => {
  it('all become what their operators would make them', async (context) => {
    skipWithoutUpstream(context);
    // One after the other: all at once are more than a small machine's API server answers in time.
    const resources = [];
    for (const [chart, name, spec] of kinds) {
      resources.push({ name, path: await create(await define(await real(chart, name)), 'default', spec) });
    }
    for (const { name, path } of resources) {
      const condition = await eventually(async () => (await client.get<Status>(path))?.status?.conditions?.[0]).catch(
        () => undefined,
      );
      expect(condition, name).toMatchObject({ status: 'True' });
    }
  });
});
