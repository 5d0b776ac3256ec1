import type { Clock } from '../clock.js';
import { applyWhole } from '../kubernetes/apply-whole.js';
import type { ClusterClient } from '../kubernetes/client.js';
import { resourcePath } from '../kubernetes/resource-path.js';
import type { StepContext } from '../plan/step.js';
import { poll } from '../poll.js';
import { boundPath, type Bound, type BoundKind } from './bounds.js';
import { isAsWanted, isOurs } from './compare-bounds.js';

const lookIntervalMs = 100;

interface QuotaStatus extends Bound {
  readonly status?: { readonly used?: Readonly<Record<string, string>> };
}

/**
 * Puts the objects into a namespace that it is to be bounded by, and waits until a quota is counted: until then the API
 * server refuses everything that it counts.
 */
export async function applyBounds(
  bounds: readonly Bound[],
  client: ClusterClient,
  clock: Clock,
  context: StepContext,
): Promise<void> {
  const { signal } = context;
  await Promise.all(bounds.map((bound) => applyWhole(client, bound, (live) => isAsWanted(live, bound), signal)));
  const quota = bounds.find(({ kind }) => kind === 'ResourceQuota');
  if (!quota) return;
  const counted = Object.keys(quota.spec['hard'] ?? {});
  await poll(signal, clock, lookIntervalMs, async () => {
    const live = await client.get<QuotaStatus>(resourcePath(quota), signal);
    if (counted.every((name) => live?.status?.used?.[name] !== undefined)) return true;
    context.progress({ message: 'waiting for the controller manager to count what its quota limits' });
    return undefined;
  });
}

/** Removes what an earlier run has put into a namespace, and only that. */
export async function removeBounds(
  kinds: readonly BoundKind[],
  { namespace, environment }: { readonly namespace: string; readonly environment: string },
  client: ClusterClient,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    kinds.map(async (kind) => {
      const path = boundPath(kind, namespace);
      const live = await client.get(path, signal);
      if (live && isOurs(live, environment)) await client.delete(path, signal);
    }),
  );
}
