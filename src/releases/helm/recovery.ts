import { formatDuration, type Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { labels } from '../../kubernetes/objects.js';
import type { StepContext } from '../../plan/step.js';
import { poll } from '../../poll.js';
import { decodeHelmRecord, encodeHelmRecord, helmSecretPath, type HelmSecret } from './helm-record.js';
import type { ObservedRelease } from './observed.js';

/**
 * How old a pending revision must be before it counts as left behind where nobody can tell whether its Helm still runs,
 * in milliseconds: Helm's own default for `--timeout`, which is also what we give it.
 */
const respectedMs = 5 * 60_000;
const lookIntervalMs = 2_000;

export interface RecoveryOptions {
  readonly clock: Clock;
  /** Whether a run was one of this machine's that is over with all its tools; see docs/decisions/008. */
  readonly isOver: (run: string) => Promise<boolean>;
  /** Called before the write: waiting may have taken minutes. */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
}

/**
 * Turns a revision that was left pending into a failed one, which the next `helm upgrade --install` can build on; Helm
 * itself would refuse for ever. What may be the work of a Helm that still runs is waited for until it ends or is too
 * old for that. Compare-and-set; the release may have another revision afterwards, so look again.
 * @throws PlatformError `conflict` when somebody changes the revision at the same moment
 */
export async function recoverPending(
  client: ClusterClient,
  release: ObservedRelease,
  { clock, isOver, ensureOwned }: RecoveryOptions,
  context: StepContext,
): Promise<void> {
  const { signal } = context;
  const path = helmSecretPath(release);
  await poll(signal, clock, lookIntervalMs, async () => {
    const secret = await client.get<HelmSecret>(path, signal);
    if (!secret || !isPending(secret)) return true;
    const ageMs = clock.now() - Date.parse(secret.metadata.creationTimestamp ?? '');
    const run = runThatWrote(secret);
    if (ageMs < respectedMs && !(run !== undefined && (await isOver(run)))) {
      context.progress({ message: respectful(release, ageMs, run) });
      return undefined;
    }
    await ensureOwned(signal);
    await markFailed(client, path, secret, signal);
    return true;
  });
}

async function markFailed(client: ClusterClient, path: string, secret: HelmSecret, signal: AbortSignal): Promise<void> {
  const record = decodeHelmRecord(secret.data.release);
  const failed = {
    ...record,
    info: { ...record.info, status: 'failed', description: 'interrupted; marked as failed by platform' },
  };
  const changed = {
    ...secret,
    metadata: { ...secret.metadata, labels: { ...secret.metadata.labels, status: 'failed' } },
    data: { release: encodeHelmRecord(failed) },
  };
  try {
    await client.replace(path, changed, signal);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
    // Its Helm may just have come to its end.
    const now = await client.get<HelmSecret>(path, signal);
    if (now && isPending(now)) throw touched(record, error);
  }
}

function isPending({ metadata }: HelmSecret): boolean {
  return metadata.labels?.['status']?.startsWith('pending-') ?? false;
}

/** The run of ours that wrote this very revision; Helm carries labels forward into revisions that others write. */
function runThatWrote({ metadata }: HelmSecret): string | undefined {
  const found = metadata.labels ?? {};
  return found[labels.revision] === found['version'] ? found[labels.run] : undefined;
}

function respectful({ revision, status }: ObservedRelease, ageMs: number, run: string | undefined): string {
  const who = run === undefined ? 'a helm of somebody else' : `run ${run} on another machine`;
  const age = formatDuration(Math.max(0, ageMs));
  return `revision ${String(revision)} has been ${status} for ${age}: ${who} may still be at work on it; it is recovered ${formatDuration(respectedMs)} after its start`;
}

function touched(
  { namespace, name, version }: { readonly namespace: string; readonly name: string; readonly version: number },
  cause: ApiError,
): PlatformError {
  return new PlatformError(
    'conflict',
    `somebody changed revision ${String(version)} of ${namespace}/${name} while it was being recovered; nothing was changed`,
    {
      cause,
      suggestions: [`see who with \`helm history ${name} -n ${namespace}\`, and run the command again`],
      facts: { release: `${namespace}/${name}`, revision: version },
    },
  );
}
