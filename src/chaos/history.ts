import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, PlatformError, systemCode } from '../errors.js';
import { readDrillJournal, type JournalTale } from './drill-journal.js';
import { readRecord } from './record-file.js';
import type { Verdict } from './record.js';
import { drillsFolder, runFiles, runFolder } from './run-folder.js';

/** Runs of drills that are kept for each environment. */
const runsKept = 50;

interface Run {
  readonly run: string;
  readonly folder: string;
}

/** Moments are milliseconds since the epoch. */
export interface FinishedRun extends Run {
  readonly status: 'finished';
  readonly drill: string;
  readonly environment: string;
  readonly provider: string;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly verdict: Pick<Verdict, 'outcome' | 'isRehearsed' | 'summary'>;
}

/** A run without a record: it is still going on, or it was killed and this is what its journal tells. */
export interface OpenRun extends Run {
  readonly status: 'running' | 'crashed';
  readonly tale: JournalTale;
}

export interface UnreadableRun extends Run {
  readonly status: 'unreadable';
  readonly reason: string;
}

export type DrillRun = FinishedRun | OpenRun | UnreadableRun;

/** All runs of an environment's drills, newest first, also those that came to no end. */
export async function listRuns(stateFolder: string): Promise<DrillRun[]> {
  const runs = await runNames(stateFolder);
  return Promise.all(runs.map((run) => readRun(stateFolder, run)));
}

/**
 * A run by its id, by what its id begins with, or the `last` one.
 * @throws PlatformError `conflict` when there is none, `usage` when several begin so
 */
export async function findRun(stateFolder: string, wanted: string): Promise<DrillRun> {
  const names = await runNames(stateFolder);
  const [newest] = names;
  if (newest === undefined) {
    throw new PlatformError('conflict', 'no drill has run in this environment on this machine', {
      suggestions: ['platform chaos list', 'platform chaos run DRILL'],
    });
  }
  const found = wanted === 'last' ? [newest] : names.filter((name) => name.startsWith(wanted));
  const exact = found.find((name) => name === wanted) ?? found[0];
  if (exact === undefined) {
    throw new PlatformError('conflict', `no run of a drill begins with ${JSON.stringify(wanted)}`, {
      suggestions: ['platform chaos history', `the newest one is ${newest}`],
    });
  }
  if (found.length > 1 && exact !== wanted) {
    throw new PlatformError('usage', `several runs begin with ${JSON.stringify(wanted)}: ${found.join(', ')}`, {
      suggestions: ['say more of its id'],
    });
  }
  return readRun(stateFolder, exact);
}

/** Removes all but the newest runs; one that is going on stays. */
export async function pruneRuns(stateFolder: string): Promise<void> {
  const old = (await runNames(stateFolder)).slice(runsKept);
  for (const run of await Promise.all(old.map((name) => readRun(stateFolder, name)))) {
    if (run.status !== 'running') await rm(run.folder, { recursive: true, force: true });
  }
}

async function readRun(stateFolder: string, run: string): Promise<DrillRun> {
  const folder = runFolder(stateFolder, run);
  try {
    if (!existsSync(join(folder, runFiles.record))) {
      const tale = await readDrillJournal(folder);
      return { run, folder, status: tale.isRunning ? 'running' : 'crashed', tale };
    }
    const { drill, environment, provider, marks, verdict } = await readRecord(join(folder, runFiles.record));
    const { outcome, isRehearsed, summary } = verdict;
    const { startedAt, endedAt } = marks;
    return {
      run,
      folder,
      status: 'finished',
      ...{ drill: drill.name, environment, provider },
      startedAt,
      durationMs: endedAt - startedAt,
      verdict: { outcome, isRehearsed, summary },
    };
  } catch (error) {
    const reason = systemCode(error) === 'ENOENT' ? 'its folder has neither a record nor a journal' : messageOf(error);
    return { run, folder, status: 'unreadable', reason };
  }
}

// Ids of runs begin with their time, so names sort by age.
async function runNames(stateFolder: string): Promise<string[]> {
  try {
    const entries = await readdir(drillsFolder(stateFolder), { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return names.sort().reverse();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
