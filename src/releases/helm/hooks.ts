import type { ClusterClient } from '../../kubernetes/client.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import { readHelmRecord, type HelmRecord } from './helm-record.js';
import { parseManifest } from './manifest.js';

/** A hook that Helm waits for until it has ended. */
export interface Hook {
  readonly kind: 'Job' | 'Pod';
  readonly namespace: string;
  readonly name: string;
  /** Helm's events it runs at: `pre-install`, `post-upgrade`. */
  readonly events: readonly string[];
}

/** What Helm does, or has done last, with a release. */
export interface HelmOperation {
  /** Helm's own word for the state of the revision. */
  readonly status: string;
  /** ISO 8601, by the clock of the API server. */
  readonly startedAt: string;
  readonly hooks: readonly Hook[];
}

/** The newest revision of a release with its hooks; `undefined` when there is none, or `isWanted` refuses its status. */
export async function newestOperation(
  client: ClusterClient,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  isWanted: (status: string) => boolean,
  signal?: AbortSignal,
): Promise<HelmOperation | undefined> {
  const options = { labelSelector: `owner=helm,name=${name}`, metadataOnly: true };
  const secrets = await client.list(`/api/v1/namespaces/${namespace}/secrets`, options, signal);
  const [newest] = [...secrets].sort((a, b) => revisionOf(b) - revisionOf(a));
  const status = newest?.metadata.labels?.['status'] ?? '';
  if (!newest || !isWanted(status)) return undefined;
  const record = await readHelmRecord(client, { namespace, secret: newest.metadata.name }, signal);
  if (!record) return undefined;
  const hooks = (record.hooks ?? []).flatMap((hook) => readHook(hook, namespace));
  return { status, startedAt: newest.metadata.creationTimestamp ?? '', hooks };
}

/** The hooks that Helm runs in an operation that is under way, and when. */
export function executedHooks({ status, hooks }: HelmOperation): { readonly hook: Hook; readonly event: string }[] {
  const operation = status.replace('pending-', '');
  return hooks.flatMap((hook) => {
    const event = hook.events.find((candidate) => candidate.endsWith(`-${operation}`));
    return event === undefined ? [] : { hook, event };
  });
}

/** `Job/migrate`. */
export function describeHook({ kind, name }: Hook): string {
  return `${kind}/${name}`;
}

function revisionOf({ metadata }: KubernetesObject): number {
  return Number(metadata.labels?.['version'] ?? 0);
}

function readHook({ manifest }: NonNullable<HelmRecord['hooks']>[number], namespace: string): Hook[] {
  return objectsIn(manifest).flatMap(({ object: { kind, metadata }, hooks }) => {
    if (kind !== 'Job' && kind !== 'Pod') return [];
    return { kind, namespace: metadata.namespace ?? namespace, name: metadata.name, events: hooks };
  });
}

// A hook that cannot be read is not watched; Helm itself reads it and says what it thinks of it.
function objectsIn(manifest: string) {
  try {
    return parseManifest(manifest);
  } catch {
    return [];
  }
}
