import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import type { ClusterClient } from '../kubernetes/client.js';
import { takenOverBy } from '../ownership/conflicts.js';
import { createLease, type EnvironmentLease } from '../ownership/lease.js';
import { acquireOwnership, readOwner, type Owner, type Ownership } from '../ownership/lock-file.js';
import type { EventHub } from '../plan/event-hub.js';
import { journals, openJournal, rotateJournals, type Journal } from '../plan/journal.js';
import { awaitSurvivors } from '../plan/survivors.js';
import type { Ports } from '../ports.js';

export interface RunOptions {
  /** What the user asked for: `up`, `destroy`, `chaos db-down`. */
  readonly command: string;
  readonly environment: string;
  readonly stateFolder: string;
  /**
   * The cluster of the environment, `undefined` while there is none. With it the run also owns the environment in the
   * eyes of other machines, by a Lease that it takes before its first write; without it by the lock file alone.
   */
  readonly connection?: () => Promise<ClusterClient | undefined>;
}

/** What a run may know of itself. */
export interface OwnedRun {
  readonly run: string;
  /** This process, as others see it. */
  readonly owner: Owner;
  readonly journal: Journal;
  /**
   * Called before each write to the cluster. The first call takes the Lease.
   * @throws PlatformError `conflict` when another process holds the environment, or has taken it over
   */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
  /** Whether a run was one of this machine's: then it is over, and so are the tools it started. */
  readonly isOver: (run: string) => Promise<boolean>;
}

/** Does something to an environment as its only owner, with a journal; what a killed run left is awaited first. */
export async function ownedRun<T>(
  options: RunOptions,
  work: (owned: OwnedRun) => Promise<T>,
  ports: Ports,
): Promise<T> {
  const { stateFolder, command } = options;
  const run = newRunId(ports.clock.now());
  const ownership = await acquireOwnership(stateFolder, run, command);
  const lease = leaseOf(options, ownership, ports);
  try {
    return await withJournal(stateFolder, run, ports.events, async (journal) => {
      await awaitSurvivors(stateFolder, run, ports, ports.interruption.draining);
      return work({
        run,
        owner: ownership.owner,
        journal,
        async ensureOwned(signal: AbortSignal) {
          await ensureLocked(stateFolder, ownership);
          await lease?.ensureHeld(signal);
        },
        isOver: async (other: string) =>
          (await journals(stateFolder)).some((file) => basename(file) === `${other}.jsonl`),
      });
    });
  } finally {
    await lease?.release();
    await ownership.release();
  }
}

function leaseOf(
  { environment, connection }: RunOptions,
  { owner, takenOverFrom }: Ownership,
  { clock, events, interruption }: Ports,
): EnvironmentLease | undefined {
  if (!connection) return undefined;
  const signal = interruption.draining;
  return createLease({ environment, owner, deadRun: takenOverFrom?.run, connection, clock, events, signal });
}

async function withJournal<T>(
  stateFolder: string,
  run: string,
  events: EventHub,
  work: (journal: Journal) => Promise<T>,
): Promise<T> {
  const journal = openJournal(stateFolder, run);
  const unsubscribe = events.subscribe((event) => {
    journal.record(event);
  });
  try {
    return await work(journal);
  } finally {
    unsubscribe();
    if (journal.problem) warnOfJournal(events, journal.problem);
    journal.close();
    await rotateJournals(stateFolder);
  }
}

async function ensureLocked(stateFolder: string, { owner }: Ownership): Promise<void> {
  const current = await readOwner(stateFolder);
  if (current?.run !== owner.run) throw takenOverBy(current);
}

// Sorts by time; the random part tells runs of the same second apart.
function newRunId(now: number): string {
  const time = new Date(now).toISOString().replace(/[-:]/g, '').replace(/\..*/, '').toLowerCase();
  return `${time}-${randomBytes(3).toString('hex')}`;
}

function warnOfJournal(events: EventHub, problem: Error): void {
  events.emit({
    type: 'notice',
    level: 'warning',
    message: `the journal of this run is not complete: ${problem.message}`,
  });
}
