import type { Clock } from '../../clock.js';
import { failureOf, PlatformError } from '../../errors.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import { collectionPath, type DiscoveredResource } from '../../kubernetes/discovery.js';
import { labels, type KubernetesObject } from '../../kubernetes/objects.js';
import type { StepContext } from '../../plan/step.js';
import { poll } from '../../poll.js';

const lookIntervalMs = 200;
/** A definition is served seconds after it was applied, also by a busy API server. */
const servedWithinMs = 60_000;
/** After each definition the API server puts its OpenAPI together anew, which takes a busy one seconds. */
const answerTimeoutMs = 60_000;

export interface ApplyManifestOptions {
  readonly environment: string;
  /** Path or URL, for messages. */
  readonly manifest: string;
  readonly view: ClusterView;
  readonly clock: Clock;
}

/**
 * Applies objects server-side: definitions first, then namespaces, then everything else once the API server serves its
 * kind.
 * @throws PlatformError that names the object which was refused, or the kind which is not served
 */
export async function applyManifest(
  objects: readonly KubernetesObject[],
  { environment, manifest, view, clock }: ApplyManifestOptions,
  context: StepContext,
): Promise<void> {
  const client = await connectionOf(view);
  let done = 0;
  const isOf = (kind: string) => (object: KubernetesObject) => object.kind === kind;
  const isOther = ({ kind }: KubernetesObject) => kind !== 'CustomResourceDefinition' && kind !== 'Namespace';
  for (const group of [isOf('CustomResourceDefinition'), isOf('Namespace'), isOther]) {
    const members = objects.filter(group);
    const resources = await servedResources(members);
    await Promise.all(members.map((object, index) => applyOne(object, resources[index])));
    view.forget();
  }

  function servedResources(members: readonly KubernetesObject[]): Promise<readonly DiscoveredResource[]> {
    const since = clock.now();
    return poll(context.signal, clock, lookIntervalMs, async () => {
      const served = await view.discovery(lookIntervalMs);
      const found = members.flatMap((object) => resourceOf(object, served) ?? []);
      if (found.length === members.length) return found;
      const missing = members.find((object) => !resourceOf(object, served));
      const kind = `${missing?.kind ?? ''} (${missing?.apiVersion ?? ''})`;
      if (clock.now() - since >= servedWithinMs) throw notServed(kind, manifest);
      context.progress({ message: `the API server to serve ${kind}`, since });
      return undefined;
    });
  }

  async function applyOne(object: KubernetesObject, resource: DiscoveredResource | undefined): Promise<void> {
    if (!resource) return;
    await refusalsNamed(object, manifest, () => apply(client, labelled(object, environment), resource, context));
    done += 1;
    context.progress({ message: `applying ${nameOf(object)}`, done, total: objects.length });
  }
}

/** `DaemonSet kube-system/calico-node`. */
function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

async function connectionOf(view: ClusterView): Promise<ClusterClient> {
  const client = await view.connection();
  if (client) return client;
  throw new PlatformError('conflict', 'the cluster is gone');
}

async function apply(
  client: ClusterClient,
  object: KubernetesObject,
  resource: DiscoveredResource,
  { signal }: StepContext,
): Promise<void> {
  const namespace = resource.namespaced ? (object.metadata.namespace ?? 'default') : undefined;
  const path = `${collectionPath(resource, namespace)}/${object.metadata.name}`;
  await client.apply(object, signal, { path, answerTimeoutMs });
}

async function refusalsNamed(object: KubernetesObject, manifest: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { code, message } = failureOf(error);
    throw new PlatformError(code, `${nameOf(object)} of ${manifest} cannot be applied: ${message}`, { cause: error });
  }
}

function resourceOf(
  { apiVersion, kind }: KubernetesObject,
  served: readonly DiscoveredResource[],
): DiscoveredResource | undefined {
  return served.find(
    ({ group, version, kind: other }) => other === kind && apiVersion === (group ? `${group}/${version}` : version),
  );
}

function notServed(kind: string, manifest: string): PlatformError {
  return new PlatformError('conflict', `the API server does not serve ${kind}, of which ${manifest} has an object`, {
    suggestions: ['put its CustomResourceDefinition into the manifest, or use a manifest for this Kubernetes version'],
  });
}

function labelled(object: KubernetesObject, environment: string): KubernetesObject {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [labels.environment]: environment } } };
}
