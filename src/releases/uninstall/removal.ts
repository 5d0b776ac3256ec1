import { formatDuration, type Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import type { StepContext } from '../../plan/step.js';
import { poll } from '../../poll.js';
import { liveObject, nameOfObject, type LiveMeta, type LiveObject } from './custom-resources.js';

const lookIntervalMs = 500;
/** How long an object may still be there after the last of its finalizers was taken away, in milliseconds. */
const settlingMs = 10_000;
const namesShown = 10;

export interface RemovalOptions {
  readonly clock: Clock;
  /** How long what is being deleted may take before it counts as stuck, in milliseconds. */
  readonly patienceMs: number;
  /** Take the finalizers of what is stuck away. */
  readonly forceFinalizers: boolean;
  /** Called before each write to the cluster. */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
}

/** Something that is stuck, and what to do about it. */
interface Stuck {
  readonly while: string;
  readonly suggestions: readonly string[];
}

/** Deletes objects and waits until they are gone; answers which of them lost their finalizers by force. */
export async function remove(
  client: ClusterClient,
  objects: readonly LiveObject[],
  options: RemovalOptions & Stuck,
  context: StepContext,
): Promise<readonly string[]> {
  await options.ensureOwned(context.signal);
  await Promise.all(objects.map(({ path }) => client.delete(path, context.signal)));
  return untilGone(client, objects, options, context);
}

/**
 * Waits until objects that are being deleted are gone; one that nobody deletes is not waited for.
 * @throws PlatformError `leftBehind` that names each object which does not end, and its finalizers
 */
export async function untilGone(
  client: ClusterClient,
  objects: readonly LiveObject[],
  options: RemovalOptions & Stuck,
  context: StepContext,
): Promise<readonly string[]> {
  const left = await waitFor(client, objects, options.patienceMs, options.clock, context);
  const forcible = left.filter((object) => foreignFinalizers(object).length > 0);
  if (left.length === 0) return [];
  if (!options.forceFinalizers || forcible.length === 0) throw stuck(left, options);
  await options.ensureOwned(context.signal);
  context.progress({ message: `removing the finalizers of ${nameOfAll(forcible)}` });
  await Promise.all(forcible.map((object) => takeFinalizers(client, object, context.signal)));
  const still = await waitFor(client, left, settlingMs, options.clock, context);
  if (still.length > 0) throw stuck(still, options);
  return forcible.map((object) => `${nameOfObject(object)} (${foreignFinalizers(object).join(', ')})`);
}

async function waitFor(
  client: ClusterClient,
  objects: readonly LiveObject[],
  patienceMs: number,
  clock: Clock,
  context: StepContext,
): Promise<readonly LiveObject[]> {
  const start = clock.now();
  return poll(context.signal, clock, lookIntervalMs, async () => {
    const left = await stillEnding(client, objects, context.signal);
    if (left.length === 0 || clock.now() - start >= patienceMs) return left;
    context.progress({ message: `waiting for the end of ${nameOfAll(left)}` });
    return undefined;
  });
}

async function stillEnding(
  client: ClusterClient,
  objects: readonly LiveObject[],
  signal: AbortSignal,
): Promise<LiveObject[]> {
  const found = await Promise.all(
    objects.map(async ({ path, kind, uid }) => {
      const now = await client.get<{ metadata: LiveMeta }>(path, signal);
      // One of the same name that was made since is another one.
      return now && (uid === undefined || now.metadata.uid === uid) ? [liveObject(path, kind, now.metadata)] : [];
    }),
  );
  return found.flat().filter(({ isEnding }) => isEnding);
}

/** What the control plane serves itself, which is never gone, and where force would lose data or leave orphans. */
const ownFinalizers = ['foregroundDeletion', 'orphan', 'kubernetes', 'customresourcecleanup.apiextensions.k8s.io'];

/** Those that somebody's controller serves. */
export function foreignFinalizers({ finalizers }: Pick<LiveObject, 'finalizers'>): readonly string[] {
  return finalizers.filter((name) => !ownFinalizers.includes(name) && !name.startsWith('kubernetes.io/'));
}

// Compare-and-set, again where somebody else was faster: its controller may have come back.
async function takeFinalizers(client: ClusterClient, object: LiveObject, signal: AbortSignal): Promise<void> {
  for (;;) {
    const now = await client.get<KubernetesObject & { metadata: LiveMeta }>(object.path, signal);
    if (!now || now.metadata.uid !== object.uid) return;
    const foreign = foreignFinalizers({ finalizers: now.metadata.finalizers ?? [] });
    const finalizers = now.metadata.finalizers?.filter((finalizer) => !foreign.includes(finalizer));
    try {
      await client.replace(object.path, { ...now, metadata: { ...now.metadata, finalizers } }, signal);
      return;
    } catch (error) {
      if (!(error instanceof ApiError && [404, 409].includes(error.status))) throw error;
    }
  }
}

function stuck(objects: readonly LiveObject[], { patienceMs, suggestions, ...during }: RemovalOptions & Stuck): Error {
  const lines = objects.map(
    (object) => `${nameOfObject(object)}: ${object.finalizers.join(', ') || 'no finalizers, but still there'}`,
  );
  const [first] = lines;
  const isForeign = objects.some((object) => foreignFinalizers(object).length > 0);
  const reason = isForeign ? '; nobody seems to serve its finalizers' : '';
  const more = lines.length > 1 ? ` (and ${String(lines.length - 1)} more)` : '';
  return new PlatformError(
    'leftBehind',
    `${during.while}: ${first ?? ''}${more} is being deleted and did not end within ${formatDuration(patienceMs)}${reason}`,
    {
      output: lines.join('\n'),
      suggestions,
      facts: { left: objects.map(({ path, finalizers }) => ({ path, finalizers })) },
    },
  );
}

function nameOfAll(objects: readonly LiveObject[]): string {
  const shown = objects.slice(0, namesShown).map(nameOfObject).join(', ');
  return objects.length > namesShown ? `${shown} and ${String(objects.length - namesShown)} more` : shown;
}
