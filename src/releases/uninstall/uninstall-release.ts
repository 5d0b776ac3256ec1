import type { Environment } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { StepContext } from '../../plan/step.js';
import { clearCustomResources } from './clear-custom-resources.js';
import {
  countedKinds,
  listCustomResources,
  liveObject,
  nameOfObject,
  type LiveMeta,
  type LiveObject,
} from './custom-resources.js';
import type { Helm } from '../helm/helm.js';
import type { InstalledRelease } from './installed.js';
import { recoverPending, type RecoveryOptions } from '../helm/recovery.js';
import { foreignFinalizers, remove, untilGone, type RemovalOptions } from './removal.js';

export interface UninstallReleaseOptions extends RemovalOptions, RecoveryOptions {
  readonly environment: Pick<Environment, 'name' | 'releases'>;
  readonly view: ClusterView;
  readonly helm: Pick<Helm, 'uninstall'>;
  /** Delete custom resources that would be left without their operator or definition. */
  readonly customResources: boolean;
}

/** What went with one release, and what stays. */
export interface Removal {
  readonly release: string;
  readonly namespace: string;
  readonly revision: number;
  /** Custom resources that were deleted first: `Certificate shop/web`. */
  readonly customResources: readonly string[];
  /** Definitions that Helm deleted with it. */
  readonly definitionsRemoved: readonly string[];
  /** Definitions that stay in the cluster, and how many custom resources of each are left. */
  readonly definitionsLeft: readonly { readonly name: string; readonly customResources: number }[];
  /** Objects that lost their finalizers by force. */
  readonly forced: readonly string[];
}

/**
 * Uninstalls one release: custom resources of its definitions first, then what of it has finalizers, then the rest by
 * Helm, so that controllers see the end of what is theirs. `going` are the keys of all that are uninstalled with it.
 * @throws PlatformError `conflict` for custom resources in the way, `leftBehind` that names what does not end
 */
export async function uninstallRelease(
  release: InstalledRelease,
  going: ReadonlySet<string>,
  options: UninstallReleaseOptions,
  context: StepContext,
): Promise<Removal> {
  const { view, helm, ensureOwned } = options;
  const { observed, definitions } = release;
  const client = await connected(options.environment.name, view);
  await ensureOwned(context.signal);
  if (observed.status.startsWith('pending-')) await recoverPending(client, observed, options, context);
  const cleared = await clearCustomResources(release, going, client, options, context);
  const forced = [...cleared.forced, ...(await removeFinalized(release, client, options, context))];
  context.progress({ message: `helm uninstall, revision ${String(observed.revision)}` });
  await ensureOwned(context.signal);
  const objects = await liveObjects(release, client, context.signal);
  try {
    await helm.uninstall(observed, context);
  } finally {
    view.forget();
  }
  const whatIsStuck = {
    while: `${observed.name} is uninstalled, but not all of it is gone`,
    suggestions: byHand(objects),
  };
  forced.push(...(await untilGone(client, objects, { ...options, ...whatIsStuck }, context)));
  const left = await listCustomResources(client, definitions, context.signal);
  return {
    release: observed.name,
    namespace: observed.namespace,
    revision: observed.revision,
    customResources: cleared.deleted.map(nameOfObject),
    definitionsRemoved: definitions.filter(({ goesWithRelease }) => goesWithRelease).map(({ name }) => name),
    definitionsLeft: definitions
      .filter(({ goesWithRelease }) => !goesWithRelease)
      .map(({ name, group, kind }) => ({ name, customResources: left.filter(isOf(group, kind)).length })),
    forced,
  };
}

function isOf(group: string, kind: string): (object: LiveObject) => boolean {
  return (object) => object.kind === kind && object.path.startsWith(`/apis/${group}/`);
}

// Whoever serves a finalizer may be a part of the release. A chart with a hook of its own for this knows better.
async function removeFinalized(
  release: InstalledRelease,
  client: ClusterClient,
  options: UninstallReleaseOptions,
  context: StepContext,
): Promise<readonly string[]> {
  if (release.hasDeleteHook) return [];
  const objects = await liveObjects(release, client, context.signal);
  const finalized = objects.filter((object) => foreignFinalizers(object).length > 0);
  if (finalized.length === 0) return [];
  const suggestions = [`--force-finalizers removes them; what their controller would have cleaned up stays`];
  const during = `${release.observed.name} is not uninstalled`;
  return remove(client, finalized, { ...options, while: during, suggestions }, context);
}

/** What of the release's manifest is in the cluster now and belongs to it. */
async function liveObjects(
  { key, objects }: InstalledRelease,
  client: ClusterClient,
  signal: AbortSignal,
): Promise<readonly LiveObject[]> {
  const found = await Promise.all(
    objects.map(async ({ path, kind }) => {
      const object = await client.get<{ metadata: LiveMeta }>(path, signal);
      return object ? [liveObject(path, kind, object.metadata)] : [];
    }),
  );
  return found.flat().filter(({ release }) => release === undefined || release === key);
}

// Helm has forgotten the release by then, so that this command would not find it again.
function byHand(objects: readonly LiveObject[]): string[] {
  const finalized = objects.filter((object) => foreignFinalizers(object).length > 0);
  return finalized.map(({ kind, name, namespace }) => {
    const where = namespace === undefined ? '' : ` -n ${namespace}`;
    return `kubectl patch ${kind.toLowerCase()} ${name}${where} --type merge -p '{"metadata":{"finalizers":null}}'`;
  });
}

/** In a line, for the end of a step. */
export function removalSummary({ revision, customResources, definitionsRemoved, definitionsLeft }: Removal): string {
  const left = definitionsLeft.reduce((sum, { customResources: count }) => sum + count, 0);
  return [
    `revision ${String(revision)} uninstalled`,
    ...(customResources.length > 0
      ? [`after ${countedKinds(customResources.map((name) => ({ kind: name.split(' ')[0] ?? '' })))}`]
      : []),
    ...(definitionsRemoved.length > 0 ? [`${String(definitionsRemoved.length)} definitions went with it`] : []),
    ...(definitionsLeft.length > 0
      ? [`${String(definitionsLeft.length)} definitions stay, with ${String(left)} custom resources`]
      : []),
  ].join(', ');
}

/** @throws PlatformError `conflict` when the cluster is not running. */
export async function connected(environment: string, view: ClusterView): Promise<ClusterClient> {
  const client = await view.connection();
  if (client) return client;
  throw new PlatformError('conflict', `the cluster of ${environment} is not running`, {
    suggestions: ['run `platform status` to see why, `platform start` to start it'],
  });
}
