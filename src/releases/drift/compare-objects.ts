import { ApiError } from '../../kubernetes/api-errors.js';
import { collectionPath, type DiscoveredResource } from '../../kubernetes/discovery.js';
import { isController, managersOf, type ManagedFields } from '../../kubernetes/managed-fields.js';
import { differencesOf, valueAt, type Difference } from '../../kubernetes/object-differences.js';
import type { KubernetesObject, ObjectMeta } from '../../kubernetes/objects.js';
import { intendedObject, type OwningRelease } from './intended-object.js';
import type { LiveCluster } from './live-cluster.js';
import { shownFields, type ObjectDifference } from './object-difference.js';

interface LiveObject extends KubernetesObject {
  readonly metadata: ObjectMeta & { readonly managedFields?: readonly ManagedFields[] };
}

/** The field manager of Helm 4, and of Helm 3 since 3.2. */
const helmManager = 'helm';
const ownership = ['metadata', 'annotations', 'meta.helm.sh/release-name'];
/** What the API server keeps for itself. */
const bookkeeping: ReadonlySet<string> = new Set([
  ...['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink'],
]);

/**
 * Compares objects as Helm rendered them with the live ones, all at once: the API server says, by a server-side apply
 * in Helm's name that it does not carry out, what each would be. So defaults, conversions and mutating webhooks make no
 * difference, and what others added beside Helm's fields is theirs. Left out is what controllers own: the status, replicas
 * that an autoscaler sets, and fields that only controllers wrote since (see {@link isController}).
 */
export async function compareObjects(
  cluster: LiveCluster,
  objects: readonly KubernetesObject[],
  release: OwningRelease,
  signal: AbortSignal,
): Promise<readonly ObjectDifference[]> {
  const compared = await Promise.all(objects.map((object) => compareObject(cluster, object, release, signal)));
  return compared.filter((difference) => difference !== undefined);
}

/** Those of the objects that are in the cluster, as what is no longer wanted of it. */
export async function surplusObjects(
  { client, served }: LiveCluster,
  objects: readonly KubernetesObject[],
  release: OwningRelease,
  signal: AbortSignal,
): Promise<readonly ObjectDifference[]> {
  const found = await Promise.all(
    objects.map(async (object): Promise<ObjectDifference | undefined> => {
      const target = targetOf(object, release, served);
      const live = target && (await client.get(target.path, signal));
      return live && { ...describe(target.intended), status: 'surplus', fields: [] };
    }),
  );
  return found.filter((difference) => difference !== undefined);
}

async function compareObject(
  { client, served, isScaled }: LiveCluster,
  object: KubernetesObject,
  release: OwningRelease,
  signal: AbortSignal,
): Promise<ObjectDifference | undefined> {
  const target = targetOf(object, release, served);
  if (!target) return { ...describe(object), status: 'unserved', fields: [] };
  const { path, intended } = target;
  const live = await client.get<LiveObject>(path, signal);
  if (!live) return { ...describe(intended), status: 'missing', fields: [] };
  const entries = live.metadata.managedFields ?? [];
  const manager = managerOfHelm(entries);
  let wanted: KubernetesObject;
  try {
    wanted = await client.apply(intended, signal, { path, manager, force: true, dryRun: true });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { ...describe(intended), status: 'refused', fields: [], reason: error.message };
  }
  const differences = differencesOf(compared(live), compared(wanted)).filter(
    (difference) => !isReplicas(difference) || !isScaled(live),
  );
  const drifted = differences.filter(({ path: at, live: present }) => {
    // Admission would add it today, and did not when the object was written: its webhook may not have answered then.
    if (present === undefined && valueAt(intended, at) === undefined) return false;
    const owners = managersOf(entries, at);
    return owners.length === 0 || owners.some((owner) => owner === manager || !isController(owner, entries));
  });
  if (drifted.length === 0) return undefined;
  return { ...describe(intended), status: 'changed', fields: shownFields(drifted, live, wanted) };
}

function targetOf(
  object: KubernetesObject,
  release: OwningRelease,
  served: readonly DiscoveredResource[],
): { readonly path: string; readonly intended: KubernetesObject } | undefined {
  const { apiVersion, kind } = object;
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const resource = served.find((known) => known.group === group && known.version === version && known.kind === kind);
  if (!resource) return undefined;
  const intended = intendedObject(object, release, resource.namespaced);
  const { namespace, name } = intended.metadata;
  return { path: `${collectionPath(resource, namespace)}/${name}`, intended };
}

// Whoever wrote Helm's annotation is Helm, whatever the binary or the pipeline that ran it is called.
function managerOfHelm(entries: readonly ManagedFields[]): string {
  const owners = managersOf(entries, ownership);
  return owners.includes(helmManager) ? helmManager : (owners[0] ?? helmManager);
}

function compared({ metadata, ...rest }: KubernetesObject): object {
  const kept = Object.entries(metadata).filter(([field]) => !bookkeeping.has(field));
  return { ...rest, status: undefined, metadata: Object.fromEntries(kept) };
}

function isReplicas({ path }: Difference): boolean {
  return path.length === 2 && path[0] === 'spec' && path[1] === 'replicas';
}

function describe({ kind, metadata }: KubernetesObject): Pick<ObjectDifference, 'object' | 'namespace'> {
  const { name, namespace } = metadata;
  return { object: `${kind}/${name}`, ...(namespace !== undefined && { namespace }) };
}
