import { join } from 'node:path';
import { findRun, listRuns, type DrillRun, type FinishedRun, type OpenRun } from '../chaos/history.js';
import { restoreCommand } from '../chaos/intent/new-intent.js';
import { readRecord } from '../chaos/record-file.js';
import type { DrillRecord } from '../chaos/record.js';
import { compareRuns, type Comparison } from '../chaos/report/compare.js';
import { reportHtml } from '../chaos/report/html.js';
import { reportJunit } from '../chaos/report/junit.js';
import { reportMarkdown } from '../chaos/report/markdown.js';
import { copyArtefacts } from '../chaos/report/write.js';
import { runFiles } from '../chaos/run-folder.js';
import { PlatformError } from '../errors.js';

export const reportFormats = ['text', 'json', 'html', 'markdown', 'junit'] as const;
/** Text is made by whoever shows the result. */
export type ReportFormat = (typeof reportFormats)[number];

export interface ReportOptions {
  /** An id, what one begins with, or `last`, which it is without it. */
  readonly run?: string | undefined;
  /** The same for the run to compare with; `previous` is the newest earlier one of the same drill that came to its end. */
  readonly compare?: string | undefined;
  readonly format?: ReportFormat | undefined;
  /** Where all files of the run are copied to. */
  readonly artefacts?: string | undefined;
}

export interface ReportResult {
  readonly record: DrillRecord;
  readonly folder: string;
  /** Path of the page. */
  readonly html: string;
  readonly comparison?: Comparison;
  /** The report itself, where its format is not text. */
  readonly content?: string;
  /** Paths of the copies. */
  readonly artefacts?: readonly string[];
}

/**
 * The report of a run of a drill that is kept on this machine.
 * @throws PlatformError `usage` or `conflict` when there is no such run, it has no record, or it cannot be compared
 */
export async function reportOf(stateFolder: string, options: ReportOptions = {}): Promise<ReportResult> {
  const { run = 'last', compare, format = 'text', artefacts } = options;
  if (compare !== undefined && format === 'junit') {
    throw new PlatformError('usage', 'a JUnit report has no place for a comparison', {
      suggestions: ['leave --compare out, or choose another format: text, json, html, markdown'],
    });
  }
  const found = await findRun(stateFolder, run);
  const record = await recordOf(found);
  const before = compare === undefined ? undefined : await comparedWith(stateFolder, record, compare);
  const comparison = before && compareRuns(before, record);
  const journal = join(found.folder, runFiles.journal);
  const content = contentOf(record, format, journal, comparison);
  return {
    record,
    folder: found.folder,
    html: join(found.folder, runFiles.html),
    ...(comparison && { comparison }),
    ...(content !== undefined && { content }),
    ...(artefacts !== undefined && { artefacts: await copyArtefacts(found.folder, artefacts) }),
  };
}

function contentOf(
  record: DrillRecord,
  format: ReportFormat,
  journal: string,
  comparison: Comparison | undefined,
): string | undefined {
  switch (format) {
    case 'html':
      return reportHtml(record, { journal, ...(comparison && { comparison }) });
    case 'markdown':
      return reportMarkdown(record, comparison);
    case 'junit':
      return reportJunit(record);
    case 'json':
      return JSON.stringify({ ...record, ...(comparison && { comparison }) }, null, 2);
    case 'text':
      return undefined;
  }
}

/**
 * The run that one of this drill is to be compared with when it is over, as it is meant now: afterwards the last one is
 * itself. `undefined` where `previous` is none.
 * @throws PlatformError `usage` or `conflict` when there is no such run, it has no record, or it is of another drill
 */
export async function runToCompareWith(
  stateFolder: string,
  drill: string,
  wanted: string,
): Promise<string | undefined> {
  if (wanted === 'previous') return (await finishedRuns(stateFolder, drill)).at(0)?.run;
  const record = await recordOf(await findRun(stateFolder, wanted));
  if (record.drill.name === drill) return record.run;
  throw new PlatformError('usage', `${record.run} is a run of ${record.drill.name}, and not of ${drill}`, {
    suggestions: ['compare runs of one drill: platform chaos history'],
  });
}

async function comparedWith(stateFolder: string, record: DrillRecord, compare: string): Promise<DrillRecord> {
  if (compare !== 'previous') return recordOf(await findRun(stateFolder, compare));
  const earlier = (await finishedRuns(stateFolder, record.drill.name)).find(({ run }) => run < record.run);
  if (!earlier) {
    throw new PlatformError('conflict', `there is no run of ${record.drill.name} before ${record.run}`, {
      suggestions: ['platform chaos history'],
    });
  }
  return recordOf(earlier);
}

/** The newest first. */
async function finishedRuns(stateFolder: string, drill: string): Promise<readonly FinishedRun[]> {
  const runs = await listRuns(stateFolder);
  return runs.filter((run) => run.status === 'finished').filter((run) => run.drill === drill);
}

async function recordOf(found: DrillRun): Promise<DrillRecord> {
  // Read again where it cannot be read, for the whole error.
  if (found.status === 'finished' || found.status === 'unreadable') {
    return readRecord(join(found.folder, runFiles.record));
  }
  throw withoutRecord(found);
}

function withoutRecord({ status, run, folder, tale }: OpenRun): PlatformError {
  const { start, marks } = tale;
  const isOpen = marks.fault !== undefined && marks.restored === undefined;
  return new PlatformError(
    'conflict',
    status === 'running'
      ? `the drill of run ${run} is still running`
      : `run ${run} has no report: it was ended before it could write one`,
    {
      suggestions: [
        ...(status === 'crashed' && start && isOpen ? [restoreCommand(start.environment, run)] : []),
        `its journal tells what was seen: ${join(folder, runFiles.journal)}`,
      ],
    },
  );
}
