import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive, thisProcess } from '../file-lock.js';
import { createMask } from './masked.js';
import { runFiles } from './run-folder.js';

const marks = ['fault', 'load-ended', 'restored'] as const;
/** What a run has done to the world. */
export type JournalMark = (typeof marks)[number];

const startedSchema = z.object({
  kind: z.literal('started'),
  at: z.number(),
  run: z.string(),
  drill: z.string(),
  environment: z.string(),
  provider: z.string(),
  process: z.object({ host: z.string(), pid: z.number(), startedAt: z.string() }),
});

const entrySchema = z.discriminatedUnion('kind', [
  startedSchema,
  z.object({ kind: z.literal('mark'), at: z.number(), mark: z.enum(marks) }),
]);

export interface RunStart {
  /** Milliseconds since the epoch, as every `at`. */
  readonly at: number;
  readonly run: string;
  readonly drill: string;
  readonly environment: string;
  readonly provider: string;
}

/** Written while a drill runs, so that a crash leaves evidence. Nothing of it throws: the drill is more important. */
export interface DrillJournal {
  readonly file: string;
  mark(mark: JournalMark, at: number): void;
  /** Anything that was seen; its `at` is when. */
  record(fact: object): void;
  /** What kept the journal from being complete, such as a full disk. */
  readonly problem: Error | undefined;
  close(): void;
}

/**
 * Begins the journal of a run in its folder, which is made; JSON lines without secrets.
 * @param secrets known by heart, besides what looks secret
 * @throws the system's error when the file cannot be made
 */
export function openDrillJournal(folder: string, start: RunStart, secrets: readonly string[] = []): DrillJournal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, runFiles.journal);
  const descriptor = openSync(file, 'a', 0o600);
  const mask = createMask(secrets);
  let problem: Error | undefined;
  const write = (entry: object) => {
    try {
      writeSync(descriptor, `${JSON.stringify(entry)}\n`);
    } catch (error) {
      problem ??= error instanceof Error ? error : new Error(String(error));
    }
  };
  const { host, pid, startedAt } = thisProcess();
  write({ kind: 'started', ...start, process: { host, pid, startedAt } });
  return {
    file,
    mark(mark, at) {
      write({ kind: 'mark', at, mark });
    },
    record(fact) {
      write(mask(fact));
    },
    get problem() {
      return problem;
    },
    close() {
      closeSync(descriptor);
    },
  };
}

/** What a journal tells of a run that has no record. */
export interface JournalTale {
  readonly start?: RunStart;
  readonly marks: Readonly<Partial<Record<JournalMark, number>>>;
  /** Lines, without a torn one. */
  readonly facts: number;
  /** When the last thing was written down that has a time. */
  readonly lastAt?: number;
  /** The process that runs the drill is still there, or on a machine that cannot be asked. */
  readonly isRunning: boolean;
}

/** Reads the journal in the folder of a run; a torn last line is passed over. Rejects with the system's error. */
export async function readDrillJournal(folder: string): Promise<JournalTale> {
  const text = await readFile(join(folder, runFiles.journal), 'utf8');
  const lines = text.split('\n').flatMap(parsed);
  const entries = lines.flatMap((line) => entrySchema.safeParse(line).data ?? []);
  const started = entries.find((entry) => entry.kind === 'started');
  const marked = entries.flatMap((entry) => (entry.kind === 'mark' ? [[entry.mark, entry.at]] : []));
  const lastAt = Math.max(...lines.flatMap((line) => z.object({ at: z.number() }).safeParse(line).data?.at ?? []));
  return {
    ...(started && { start: startOf(started) }),
    marks: Object.fromEntries(marked) as JournalTale['marks'],
    facts: lines.length,
    ...(Number.isFinite(lastAt) && { lastAt }),
    isRunning: started !== undefined && isAlive(started.process),
  };
}

function startOf({ at, run, drill, environment, provider }: z.infer<typeof startedSchema>): RunStart {
  return { at, run, drill, environment, provider };
}

function parsed(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
