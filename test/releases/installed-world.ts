import type { KubernetesObject } from '../../src/kubernetes/objects.js';
import { encodeHelmRecord } from '../../src/releases/helm/helm-record.js';
import type { UninstallOptions } from '../../src/releases/uninstall/uninstall.js';
import { withoutFile } from '../../src/usecases/environment-of-record.js';
import { send } from '../kubernetes/api-server.js';
import { cluster, type Cluster } from './cluster.js';

interface GivenRelease {
  readonly namespace?: string;
  readonly environment?: string | undefined;
  readonly manifest?: readonly KubernetesObject[];
  readonly hooks?: readonly string[];
  readonly status?: string;
}

/** A cluster with Helm releases in it, the kinds `Thing` and `Config`, and a Helm that only deletes. */
export interface InstalledWorld extends Cluster {
  readonly options: UninstallOptions;
  /** What was done, in order. */
  readonly done: string[];
  /** Puts a release of the environment `dev` with its objects into the cluster. */
  add(name: string, given?: GivenRelease): void;
  put(object: KubernetesObject, release?: string): void;
  /** Objects with finalizers stay until those are gone, unless somebody serves them. */
  readonly served: Set<string>;
  forgetObjects(): void;
}

const things = '/apis/example.org/v1';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export function definitionOf(plural: string, annotations: Record<string, string> = {}): KubernetesObject {
  const metadata = { name: `${plural}.example.org`, annotations };
  return { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata };
}

export function thing(name: string, metadata: object = {}): KubernetesObject {
  return { apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name, namespace: 'shop', ...metadata } };
}

export async function installedWorld(): Promise<InstalledWorld> {
  const base = await cluster();
  const { api, view, clock } = base;
  const done: string[] = [];
  const served = new Set<string>();
  const manifests = new Map<string, readonly KubernetesObject[]>();
  // Deleting begins the end of what has finalizers; taking the last one away ends it.
  api.answer = (response, { method, path, body }) => {
    if (path === '/api' || path === '/apis') return send(response, 200, discovery(path));
    const found = api.objects.get(path) as (KubernetesObject & { metadata: { finalizers?: string[] } }) | undefined;
    const finalizers = found?.metadata.finalizers ?? [];
    if (method === 'DELETE' && found) {
      done.push(`delete ${path}`);
      if (finalizers.every((finalizer) => served.has(finalizer))) return false;
      api.objects.set(path, { ...found, metadata: { ...found.metadata, deletionTimestamp: 'now' } });
      return send(response, 200, found);
    }
    if (method === 'PUT' && found?.metadata.deletionTimestamp !== undefined) {
      const given = JSON.parse(body) as { metadata: { finalizers?: string[] } };
      done.push(`finalizers of ${path}: ${String(given.metadata.finalizers)}`);
      if (given.metadata.finalizers?.length === 0) {
        api.objects.delete(path);
        return send(response, 200, given);
      }
    }
    return false;
  };
  const put = (object: KubernetesObject, release?: string) => {
    const [namespace, name] = release?.split('/') ?? [];
    const owner = { 'meta.helm.sh/release-name': name ?? '', 'meta.helm.sh/release-namespace': namespace ?? '' };
    const annotations = { ...object.metadata.annotations, ...(release !== undefined && owner) };
    const metadata = { uid: object.metadata.name, ...object.metadata, annotations, resourceVersion: '1' };
    api.objects.set(pathOf(object), { ...object, metadata });
  };
  return Object.assign(base, {
    done,
    served,
    put,
    options: {
      environment: withoutFile('dev'),
      view,
      clock,
      edges: [],
      customResources: false,
      forceFinalizers: false,
      patienceMs: 60_000,
      isOver: () => Promise.resolve(true),
      ensureOwned: () => Promise.resolve(void done.push('still ours')),
      helm: {
        async uninstall({ name, namespace }: { readonly name: string; readonly namespace: string }) {
          done.push(`helm uninstall ${namespace}/${name}`);
          for (const object of manifests.get(`${namespace}/${name}`) ?? []) await api.client.delete(pathOf(object));
        },
      },
    },
    add(name: string, given: GivenRelease = {}) {
      const { namespace = 'shop', manifest = [], hooks = [], status = 'deployed' } = given;
      const environment = 'environment' in given ? given.environment : 'dev';
      const labels = {
        owner: 'helm',
        name,
        status,
        version: '1',
        ...(environment && { 'platform.dev/environment': environment }),
      };
      const secret = `sh.helm.release.v1.${name}.v1`;
      const release = encodeHelmRecord({
        ...{ name, namespace, version: 1, info: { status } },
        manifest: manifest.map((object) => `---\n${JSON.stringify(object)}\n`).join(''),
        hooks: hooks.map((hook) => ({
          name: hook,
          kind: 'Job',
          manifest: `metadata: {annotations: {"helm.sh/hook": ${hook}}}`,
        })),
      });
      const path = `/api/v1/namespaces/${namespace}/secrets/${secret}`;
      api.objects.set(path, { metadata: { name: secret, namespace, labels }, data: { release } });
      manifests.set(`${namespace}/${name}`, manifest);
      for (const object of manifest) put(object, `${namespace}/${name}`);
    },
    forgetObjects() {
      for (const path of api.objects.keys()) if (path.startsWith(things)) api.objects.delete(path);
    },
  });
}

function pathOf({ kind, metadata: { name, namespace } }: KubernetesObject): string {
  if (kind === 'CustomResourceDefinition') return `${definitions}/${name}`;
  return `${things}/namespaces/${namespace ?? 'shop'}/${kind.toLowerCase()}s/${name}`;
}

function discovery(path: string): object {
  const resource = (plural: string, kind: string, scope: string) => ({
    resource: plural,
    responseKind: { kind },
    scope,
  });
  const group = (name: string, resources: object[]) => ({
    metadata: { name },
    versions: [{ version: 'v1', resources }],
  });
  const items =
    path === '/api'
      ? []
      : [
          group('example.org', [
            resource('things', 'Thing', 'Namespaced'),
            resource('configs', 'Config', 'Namespaced'),
          ]),
          group('apiextensions.k8s.io', [resource('customresourcedefinitions', 'CustomResourceDefinition', 'Cluster')]),
        ];
  return { kind: 'APIGroupDiscoveryList', items };
}
