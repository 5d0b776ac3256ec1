import type { Restoration } from '../../assets/apps/src/reaper/intent.js';
import { isOwnerAlive, stillRunning } from '../chaos/intent/alive.js';
import { closeIntent, listIntents } from '../chaos/intent/intents.js';
import { openDrills } from '../chaos/intent/open-drills.js';
import type { ListedIntent, ReadIntent, UnreadableIntent } from '../chaos/intent/read-intent.js';
import { takeBack } from '../chaos/intent/take-back.js';
import { awaitAsBefore } from '../chaos/intent/verify.js';
import { failureOf, isAbort, PlatformError, type Failure } from '../errors.js';
import type { ClusterClient } from '../kubernetes/client.js';
import { patiently } from '../kubernetes/patiently.js';
import { thisOwner } from '../ownership/lock-file.js';
import type { Ports } from '../ports.js';
import type { ReachedCluster } from './reach-cluster.js';

export interface RestoreRequest {
  /** Of one drill; all of the environment without it. */
  readonly run?: string;
  /** Also a drill whose owner lives: it sees that and ends. */
  readonly force?: boolean;
}

export interface RestoredDrill {
  readonly run: string;
  readonly drill: string;
  /** `user@host/pid`, of who ran it. */
  readonly owner: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Who took it back, when and how; absent where it could not be. */
  readonly restoration?: Restoration;
  /** What is not as it was recorded before the fault; empty is the proof. */
  readonly differences: readonly string[];
  readonly status: 'restored' | 'not-restored';
}

export interface ChaosRestoreResult {
  readonly environment: string;
  readonly drills: readonly RestoredDrill[];
  /** Everything that is not as it was, records that cannot be read included. */
  readonly left: readonly string[];
  /** `leftBehind` when anything is left, for the exit code. */
  readonly failure?: Failure;
}

/** How long the API server may be away in one go, in milliseconds. */
const awayMs = 60_000;
/** How long pods may take to be ready again, in milliseconds: an image may have to be pulled. */
const readyMs = 5 * 60_000;

/**
 * Takes open drills back, from whatever machine: all that is needed is in the cluster. It is no run of its own and takes
 * no Lease: every write is compare-and-set, and whoever has an emergency must not wait for an `up`.
 * @throws PlatformError `conflict` when there is no such drill, or one is being run right now
 */
export async function restoreDrills(
  cluster: ReachedCluster,
  request: RestoreRequest,
  ports: Pick<Ports, 'clock' | 'events' | 'interruption'>,
): Promise<ChaosRestoreResult> {
  const { environment, client, stateFolder } = cluster;
  const { clock } = ports;
  const signal = ports.interruption.quitting;
  const listed = await patiently(() => listIntents(client, signal), {
    ...{ clock, signal, withinMs: awayMs },
    onAway: () => {
      warnOfSilence(ports);
    },
  });
  const chosen = choose(listed, request.run, environment);
  const readable = chosen.filter((one) => one.problem === undefined);
  if (request.force !== true) {
    for (const open of readable) await refuseWhileAlive(open, client, stateFolder, ports);
  }
  const drills: RestoredDrill[] = [];
  for (const open of readable) drills.push(await restoreOne(open, client, ports));
  const unreadable = chosen.filter((one) => one.problem !== undefined);
  const left = [...drills.flatMap(({ differences }) => differences), ...unreadable.map(describe)];
  return { environment, drills, left, ...(left.length > 0 && { failure: leftBehind(left) }) };
}

function choose(listed: readonly ListedIntent[], run: string | undefined, environment: string) {
  if (run === undefined) return listed;
  const named = listed.filter(({ name, intent }) => intent?.run === run || name === `drill-${run}`);
  if (named.length > 0) return named;
  const others = listed.map(({ name, intent }) => intent?.run ?? name);
  throw new PlatformError('conflict', `${environment} has no open drill of the run ${run}`, {
    suggestions: [
      others.length > 0 ? `the open ones are ${others.join(', ')}` : 'there is none at all: nothing is held',
    ],
  });
}

async function refuseWhileAlive(
  open: ReadIntent,
  client: ClusterClient,
  stateFolder: string,
  { clock, events, interruption }: Pick<Ports, 'clock' | 'events' | 'interruption'>,
): Promise<void> {
  if (open.restoration) return;
  const onWatch = (owner: string, milliseconds: number) => {
    const message = `watching for ${String(milliseconds / 1000)} s whether ${owner} still runs the drill ${open.intent.drill}`;
    events.emit({ type: 'notice', level: 'info', message });
  };
  const signal = interruption.draining;
  if (await isOwnerAlive(open, { client, clock, signal, stateFolder, onWatch })) throw stillRunning(open.intent);
}

async function restoreOne(
  open: ReadIntent,
  client: ClusterClient,
  ports: Pick<Ports, 'clock' | 'events' | 'interruption'>,
): Promise<RestoredDrill> {
  const { clock, events, interruption } = ports;
  const { run, drill, owner, startedAt } = open.intent;
  const told = { run, drill, owner, startedAt };
  try {
    const restoration = await takeBack(open, ownName(), {
      ...{ client, clock, signal: interruption.quitting },
      onAway: () => {
        warnOfSilence(ports);
      },
    });
    const differences = await awaitAsBefore(open.intent, {
      ...{ client, clock, signal: interruption.draining, withinMs: readyMs },
      onWaiting: (what) => {
        events.emit({ type: 'notice', level: 'info', message: `waiting: ${what}` });
      },
    });
    // Nothing more can be taken back: what differs now is told once, and others have to see to it.
    const signal = interruption.quitting;
    await patiently(() => closeIntent(run, client, signal), { clock, signal, withinMs: awayMs });
    return { ...told, restoration, differences, status: differences.length > 0 ? 'not-restored' : 'restored' };
  } catch (error) {
    if (isAbort(error)) throw error;
    const { message } = failureOf(error);
    return { ...told, differences: [message], status: 'not-restored' };
  }
}

function warnOfSilence({ events }: Pick<Ports, 'events'>): void {
  events.emit({ type: 'notice', level: 'warning', message: 'the API server does not answer; waiting for it' });
}

function describe(one: UnreadableIntent): string {
  return openDrills([one]).map(({ message }) => message)[0] ?? one.name;
}

function leftBehind(left: readonly string[]): Failure {
  const [first = ''] = left;
  const others = left.length > 1 ? ` (and ${String(left.length - 1)} more)` : '';
  return failureOf(
    new PlatformError('leftBehind', `not everything is as it was before the drill: ${first}${others}`, {
      output: left.join('\n'),
      suggestions: [
        'see with `platform status` how it is, and with `platform diff` what differs from what was installed',
      ],
      facts: { left },
    }),
  );
}

function ownName(): string {
  const { user, host, pid } = thisOwner();
  return `${user}@${host}/${String(pid)}`;
}
