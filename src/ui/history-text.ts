import { formatDuration } from '../clock.js';
import type { DrillRun, OpenRun } from '../chaos/history.js';
import { restoreCommand } from '../chaos/intent/new-intent.js';
import { momentText } from '../chaos/report/moments.js';
import { verdictWords } from '../chaos/words.js';
import { outcomeSymbol } from './drill-text.js';
import type { Style } from './style.js';
import { table } from './table.js';
import { oneLine } from './width.js';

/** The runs of an environment's drills, newest first. */
export function historyText(runs: readonly DrillRun[], style: Style, columns?: number): string {
  if (runs.length === 0) return `No drill has run here.\n${style.symbols.next} platform chaos list`;
  const rows = runs.map((run) => rowOf(run, style));
  const options = columns === undefined ? {} : { columns, ellipsis: style.symbols.ellipsis };
  return table(rows, { head: ['  Began', 'Drill', 'Verdict', 'Took', 'Run', ''], right: [3], ...options });
}

function rowOf(run: DrillRun, style: Style): string[] {
  const { paint, symbols } = style;
  if (run.status === 'finished') {
    const { startedAt, drill, verdict, durationMs } = run;
    return [
      `${outcomeSymbol(verdict.outcome, style)} ${momentText(startedAt)}`,
      drill,
      verdictWords(verdict),
      formatDuration(durationMs),
      run.run,
      paint('dim', oneLine(verdict.summary.replaceAll('→', symbols.next))),
    ];
  }
  if (run.status === 'unreadable') {
    return [`${paint('yellow', symbols.warning)} ?`, '?', 'cannot be read', '', run.run, oneLine(run.reason)];
  }
  const { start, lastAt } = run.tale;
  const took = start && lastAt !== undefined ? formatDuration(lastAt - start.at) : '';
  const symbol = run.status === 'running' ? paint('cyan', symbols.pending) : paint('red', symbols.failed);
  return [
    `${symbol} ${start ? momentText(start.at) : '?'}`,
    start?.drill ?? '?',
    run.status === 'running' ? 'is running' : 'crashed',
    took,
    run.run,
    openRunWords(run),
  ];
}

/** What the journal of a run tells that has no record. */
function openRunWords({ status, run, tale }: OpenRun): string {
  const { start, marks, facts } = tale;
  const state =
    marks.fault === undefined
      ? 'before the fault'
      : marks.restored === undefined
        ? 'while its fault lasted'
        : 'after its fault was taken back';
  if (status === 'running') return state;
  const seen = `${String(facts)} line${facts === 1 ? '' : 's'} of journal`;
  const isOpen = start && marks.fault !== undefined && marks.restored === undefined;
  return `it ended ${state}, ${seen}${isOpen ? `: ${restoreCommand(start.environment, run)}` : ''}`;
}
