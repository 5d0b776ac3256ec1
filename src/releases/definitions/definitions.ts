import type { Clock } from '../../clock.js';
import type { Release } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import { labels, type KubernetesObject } from '../../kubernetes/objects.js';
import { releaseOf } from '../../kubernetes/workloads.js';
import type { Check, StepContext } from '../../plan/step.js';
import { poll } from '../../poll.js';
import type { Definition } from '../contents/contents.js';
import { definitionDigest } from '../contents/read-contents.js';

const lookIntervalMs = 100;
/** After each definition the API server puts its OpenAPI together anew: on two busy cores 32 at once took over 5 s. */
const answerTimeoutMs = 60_000;

/** Whether the definitions that we apply for a release are in the cluster as its chart has them. */
export async function checkDefinitions(definitions: readonly Definition[], view: ClusterView): Promise<Check> {
  const found = new Map((await view.customResourceDefinitions()).map((object) => [object.metadata.name, object]));
  const owned = definitions.flatMap(({ name }) => {
    const object = found.get(name);
    const owner = object && releaseOf(object);
    return owner ? [{ name, owner }] : [];
  });
  if (owned[0]) return ownedByHelm(owned[0], owned.length);
  const missing = definitions.filter(({ name }) => !isLasting(found.get(name)));
  const changed = definitions.filter(({ name, digest }) => {
    const object = found.get(name);
    return isLasting(object) && object.metadata.labels?.[labels.input] !== digest;
  });
  if (missing.length === 0 && changed.length === 0) return { status: 'satisfied', detail: count(definitions.length) };
  const [first] = [...missing, ...changed];
  const words = [
    ...(missing.length > 0 ? [`${String(missing.length)} new`] : []),
    ...(changed.length > 0 ? [`${String(changed.length)} changed`] : []),
  ];
  return {
    status: 'needed',
    reason: `${words.join(', ')}: ${first?.name ?? ''}${missing.length + changed.length > 1 ? ' …' : ''}`,
  };
}

/** Whose definitions they are: names of environment and release. */
export interface DefinitionOwner {
  readonly environment: string;
  readonly release: string;
}

/**
 * Applies definitions server-side, all at once, and waits until the API server serves them. Definitions of 4.5 MB in
 * all, and single ones over the 256 KiB that a client-side apply can note down, are no trouble this way.
 * @throws PlatformError `conflict` that names the other manager of a field.
 */
export async function applyDefinitions(
  objects: readonly KubernetesObject[],
  definitions: readonly Definition[],
  { view, clock, owner }: { readonly view: ClusterView; readonly clock: Clock; readonly owner: DefinitionOwner },
  context: StepContext,
): Promise<string> {
  const client = await view.connection();
  if (!client) throw new PlatformError('conflict', 'the cluster is gone');
  context.progress({ message: `applying ${count(objects.length)}` });
  await Promise.all(objects.map((object) => applyOne(client, labelled(object, owner), context.signal)));
  view.forget();
  await poll(context.signal, clock, lookIntervalMs, async () => {
    const waiting = await unserved(definitions, view, lookIntervalMs);
    if (waiting.length === 0) return true;
    context.progress({ message: `waiting for the API server to serve ${waiting[0]?.name ?? ''}` });
    return undefined;
  });
  return count(definitions.length);
}

/** Definitions of which the API server does not serve every version yet: not Established, or not in its discovery. */
export async function unserved<T extends Pick<Definition, 'group' | 'plural' | 'versions'>>(
  definitions: readonly T[],
  view: ClusterView,
  maxAgeMs?: number,
): Promise<readonly T[]> {
  const resources = await view.discovery(maxAgeMs);
  const served = new Set(resources.map(({ group, version, plural }) => `${group}/${version}/${plural}`));
  return definitions.filter(
    ({ group, plural, versions }) => !versions.every((version) => served.has(`${group}/${version}/${plural}`)),
  );
}

async function applyOne(client: ClusterClient, object: KubernetesObject, signal: AbortSignal): Promise<void> {
  try {
    await client.apply(object, signal, { answerTimeoutMs });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
    const managers = [...error.message.matchAll(/conflicts? with "([^"]+)"/g)].map(([, manager]) => manager);
    // Helm creates what is in crds/ once and never looks at it again; now it is passed over with --skip-crds.
    if (managers.length === 0 || managers.some((manager) => manager !== 'helm')) throw conflictOf(object, error);
    await client.apply(object, signal, { answerTimeoutMs, force: true });
  }
}

// The server looks at names and structure of what it already has; what we last applied is told by the label.
function labelled(object: KubernetesObject, { environment, release }: DefinitionOwner): KubernetesObject {
  const { metadata } = object;
  const own = {
    [labels.environment]: environment,
    [labels.release]: release,
    [labels.input]: definitionDigest(object),
  };
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, ...own } } };
}

function isLasting(object: KubernetesObject | undefined): object is KubernetesObject {
  return object !== undefined && object.metadata.deletionTimestamp === undefined;
}

function ownedByHelm({ name, owner }: { name: string; owner: string }, all: number): Check {
  const more = all > 1 ? ` and ${String(all - 1)} more` : '';
  return {
    status: 'blocked',
    by: `the definition ${name}${more} belongs to the Helm release ${owner}, which would go on changing it, and delete it with all its custom resources when it is uninstalled`,
    fix: [
      `take it out of that release first, keeping it: kubectl annotate crd ${name} helm.sh/resource-policy=keep, upgrade ${owner} without definitions, then kubectl annotate crd ${name} meta.helm.sh/release-name- meta.helm.sh/release-namespace-`,
      'or turn the definitions off in the values of the release here',
    ],
    code: 'conflict',
  };
}

function conflictOf({ metadata }: KubernetesObject, error: ApiError): PlatformError {
  return new PlatformError('conflict', `somebody else manages the definition ${metadata.name}`, {
    cause: error,
    output: error.message,
    suggestions: ['let only one of them bring it: turn it off there, or in the values of the release here'],
  });
}

function count(definitions: number): string {
  return definitions === 1 ? '1 definition' : `${String(definitions)} definitions`;
}

/** The definitions that we apply for a release, where that is known. */
export function appliedDefinitions({ contents }: Pick<Release, 'contents'>): readonly Definition[] {
  return contents?.definitions.filter(({ by }) => by === 'platform') ?? [];
}
