import type { Release, Values } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import type { ClusterClient } from '../kubernetes/client.js';
import { labels } from '../kubernetes/objects.js';
import type { StepContext } from '../plan/step.js';
import type { Chart } from './charts/charts.js';
import { explainHelmFailure } from './helm/helm-errors.js';
import { withHookWatch } from './helm/hook-watch.js';
import { observeReleases, releaseKey, type ObservedRelease } from './helm/observed.js';
import { recoverPending } from './helm/recovery.js';
import { removeStandInDefinitions } from './definitions/stand-in-definitions.js';
import type { ReleaseStepOptions } from './step-options.js';

/** What a release is installed from. */
export interface Installation {
  readonly chart: Chart;
  readonly values: Values;
  /** Hash by which it is known again, see `input-hash.ts`. */
  readonly input: string;
}

/** Helm's words for an API server that went away under it. */
const outage =
  /connection refused|connection reset by peer|http2: client connection (?:lost|force closed)|unexpected EOF|i\/o timeout|TLS handshake timeout|cluster unreachable|request timed out|server is currently unable|context deadline exceeded/;

/**
 * Brings what is there into a state that Helm can build on, and runs Helm with an eye on its hooks; answers the
 * revision. Where the API server went away under Helm, that is done once more after it has come back.
 * @throws PlatformError with what is known about the failure
 */
export async function installRelease(
  release: Release,
  installation: Installation,
  options: ReleaseStepOptions,
  context: StepContext,
): Promise<number> {
  try {
    return await installOnce(release, installation, options, context);
  } catch (error) {
    if (!(error instanceof PlatformError) || context.signal.aborted || !outage.test(error.output ?? '')) throw error;
    context.progress({ message: 'the API server went away; trying once more' });
    return installOnce(release, installation, options, context);
  }
}

async function installOnce(
  release: Release,
  { chart, values, input }: Installation,
  options: ReleaseStepOptions,
  context: StepContext,
): Promise<number> {
  const { view, helm, clock, environment, run, repair, ensureOwned } = options;
  const client = await connected(options);
  const observed = await prepare(release, chart, client, options, context);
  const revision = (observed?.revision ?? 0) + 1;
  context.progress({ message: `helm upgrade --install, revision ${String(revision)}` });
  await ensureOwned(context.signal);
  const install = (signal: AbortSignal) =>
    helm.install(
      {
        name: release.name,
        namespace: release.namespace,
        chart: chart.path,
        values,
        forceConflicts: repair,
        labels: {
          [labels.environment]: environment.name,
          [labels.run]: run,
          [labels.input]: input,
          [labels.revision]: String(revision),
          [labels.standIn]: chart.standIn ? 'true' : null,
        },
      },
      { ...context, signal },
    );
  try {
    await withHookWatch(install, { client, release, clock }, context);
  } catch (error) {
    throw error instanceof PlatformError ? explainHelmFailure(error, release) : error;
  } finally {
    view.forget();
  }
  return revision;
}

/** Answers the newest revision that is left. */
async function prepare(
  release: Release,
  chart: Chart,
  client: ClusterClient,
  options: ReleaseStepOptions,
  context: StepContext,
): Promise<ObservedRelease | undefined> {
  const { view, helm, clock, ensureOwned, isOver } = options;
  const observed = (await observeReleases(view, 0)).get(releaseKey(release));
  if (!observed) return undefined;
  if (observed.status.startsWith('pending-')) {
    context.progress({ message: `recovering revision ${String(observed.revision)}, left ${observed.status}` });
    await recoverPending(client, observed, { clock, isOver, ensureOwned }, context);
    // Whoever wrote it may have ended it meanwhile, and gone on.
    return prepare(release, chart, client, options, context);
  }
  const replaced = observed.standIn && !chart.standIn;
  if (observed.status !== 'uninstalling' && !replaced) return observed;
  context.progress({ message: replaced ? 'uninstalling the stand-in' : 'finishing an uninstall that was cut short' });
  await ensureOwned(context.signal);
  await helm.uninstall(release, context);
  if (replaced) await removeStandInDefinitions(client, release.name, clock, context);
  return undefined;
}

async function connected({ view }: Pick<ReleaseStepOptions, 'view'>): Promise<ClusterClient> {
  const client = await view.connection();
  if (!client) throw new PlatformError('conflict', 'the cluster is gone');
  return client;
}
