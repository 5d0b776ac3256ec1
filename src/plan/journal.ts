import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../errors.js';
import { isRunning } from '../process-identity.js';
import type { Outcome, RunEvent } from './events.js';

/** Runs whose journals are kept for each environment. */
const journalsKept = 20;

export interface Journal {
  readonly file: string;
  /** Appends one event; never throws, since a full disk must not take the run's own error away. */
  record(event: RunEvent): void;
  /** What kept the journal from being complete, such as a full disk. */
  readonly problem: Error | undefined;
  close(): void;
}

/** Starts the journal of a run in `<state>/runs/<run>.jsonl`; one JSON document a line, written as it happens. */
export function openJournal(stateFolder: string, run: string): Journal {
  const folder = journalFolder(stateFolder);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${run}.jsonl`);
  const descriptor = openSync(file, 'a', 0o600);
  let problem: Error | undefined;
  return {
    file,
    record(event) {
      // Byte counts of a download are of interest now, not later.
      if (event.type === 'step-progress' && event.done !== undefined) return;
      try {
        writeSync(descriptor, `${JSON.stringify(event)}\n`);
      } catch (error) {
        problem ??= error instanceof Error ? error : new Error(String(error));
      }
    },
    get problem() {
      return problem;
    },
    close() {
      closeSync(descriptor);
    },
  };
}

/** Journals of an environment, newest first. Run ids begin with their time, so names sort by age. */
export async function journals(stateFolder: string): Promise<string[]> {
  const folder = journalFolder(stateFolder);
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .reverse()
      .map((name) => join(folder, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The events of a journal; a torn last line, as a crash leaves it, is passed over. */
export async function readJournal(file: string): Promise<RunEvent[]> {
  const text = await readFile(file, 'utf8');
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as RunEvent];
    } catch {
      return [];
    }
  });
}

/** Removes all but the newest journals. */
export async function rotateJournals(stateFolder: string): Promise<void> {
  const old = (await journals(stateFolder)).slice(journalsKept);
  await Promise.all(old.map((file) => rm(file, { force: true })));
}

export interface RunHistory {
  /** Newest known duration of each step that was applied, in milliseconds. */
  readonly durations: ReadonlyMap<string, number>;
  /** Newest whole runs: the steps they applied and how long they took. */
  readonly runs: readonly {
    readonly command: string;
    readonly applied: ReadonlySet<string>;
    readonly durationMs: number;
  }[];
  /** Steps that the newest run of `up` did not bring to their end, whatever the reason; its kill included. */
  readonly unfinished: ReadonlySet<string>;
}

const ends: ReadonlySet<Outcome> = new Set(['done', 'unchanged', 'unneeded', 'omitted']);

/** What earlier runs tell about how long things take. */
export async function readHistory(stateFolder: string, runs = 5): Promise<RunHistory> {
  const durations = new Map<string, number>();
  const finished: { command: string; applied: Set<string>; durationMs: number }[] = [];
  let unfinished: Set<string> | undefined;
  for (const file of (await journals(stateFolder)).slice(0, runs)) {
    const applied = new Set<string>();
    const open = new Set<string>();
    let command = '';
    for (const event of await readJournal(file)) {
      if (event.type === 'step-finished' && event.outcome === 'done') {
        applied.add(event.id);
        if (!durations.has(event.id)) durations.set(event.id, event.durationMs);
      }
      if (event.type === 'step-finished' && ends.has(event.outcome)) open.delete(event.id);
      if (event.type === 'run-started') {
        ({ command } = event);
        for (const { id } of event.steps) open.add(id);
      }
      if (event.type === 'run-finished') finished.push({ command, applied, durationMs: event.summary.durationMs });
    }
    if (command === 'up') unfinished ??= open;
  }
  return { durations, runs: finished, unfinished: unfinished ?? new Set() };
}

export interface ChildRecord {
  readonly pid: number;
  readonly startedAt: string;
  readonly command: string;
}

/** Tools that an earlier run started and that still run although that run has ended: it was killed. */
export async function survivingChildren(stateFolder: string, exceptRun: string): Promise<ChildRecord[]> {
  const survivors = new Map<number, ChildRecord>();
  for (const file of await journals(stateFolder)) {
    if (file.endsWith(`${exceptRun}.jsonl`)) continue;
    const open = new Map<number, ChildRecord>();
    const events = await readJournal(file);
    if (events.some(({ type }) => type === 'run-finished')) continue;
    for (const event of events) {
      if (event.type === 'process-started') open.set(event.pid, event);
      if (event.type === 'process-finished') open.delete(event.pid);
    }
    for (const { pid, startedAt, command } of open.values()) {
      if (isRunning(pid, startedAt)) survivors.set(pid, { pid, startedAt, command });
    }
  }
  return [...survivors.values()];
}

function journalFolder(stateFolder: string): string {
  return join(stateFolder, 'runs');
}
