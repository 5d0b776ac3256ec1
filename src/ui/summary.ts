import { formatDuration } from '../clock.js';
import type { Outcome, RunSummary, StepResult } from '../plan/events.js';
import { criticalPathTable } from './critical-path-table.js';
import { failureText } from './failure.js';
import type { Style } from './style.js';
import { table } from './table.js';
import { wrap } from './width.js';

export interface SummaryOptions {
  readonly style: Style;
  /** Columns of the terminal: our own words are fitted to them, never a tool's output or a command. Without it nothing is. */
  readonly columns?: number;
}

/** The end of a run as text, without a final line break: where the time went, what was left out, what failed and why, what was done. */
export function summaryText(
  summary: RunSummary,
  { style, columns = Number.POSITIVE_INFINITY }: SummaryOptions,
): string {
  return [
    section(criticalPathTitle(summary), criticalPath(summary, style, columns), style),
    section('Omitted', omitted(summary, style, columns), style),
    ...failures(summary, style, columns),
    [
      ...[headline(summary, style), ...standIns(summary)].map((line) => wrap(line, columns, 4)),
      ...journal(summary),
    ].join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function headline({ counts, durationMs, previousDurationMs }: RunSummary, style: Style): string {
  const { paint, symbols } = style;
  const parts = countedOutcomes
    .filter(({ outcome }) => counts[outcome] > 0)
    .map(({ outcome, words }) => `${String(counts[outcome])} ${words}`)
    .join(', ');
  // A run that was cut short says nothing about speed.
  const isWhole = counts.done > 0 && counts.failed + counts.interrupted === 0;
  const time = formatDuration(durationMs) + (isWhole ? comparison(durationMs, previousDurationMs) : '');
  const [symbol, verb] =
    counts.failed > 0
      ? [paint('red', symbols.failed), 'failed after']
      : counts.interrupted > 0
        ? [paint('yellow', symbols.warning), 'interrupted after']
        : counts.done > 0
          ? [paint('green', symbols.done), 'done in']
          : [paint('green', symbols.done), 'nothing to do, checked in'];
  return `${symbol} ${paint('bold', verb)} ${time}${parts && `: ${parts}`}`;
}

const countedOutcomes: readonly { readonly outcome: Outcome; readonly words: string }[] = [
  { outcome: 'done', words: 'applied' },
  { outcome: 'unchanged', words: 'unchanged' },
  { outcome: 'failed', words: 'failed' },
  { outcome: 'skipped', words: 'skipped' },
  { outcome: 'interrupted', words: 'interrupted' },
  { outcome: 'omitted', words: 'omitted' },
];

function comparison(durationMs: number, previousMs: number | undefined): string {
  if (previousMs === undefined) return '';
  const difference = durationMs - previousMs;
  if (Math.abs(difference) < Math.max(1000, previousMs * 0.02)) return ` (as long as last time)`;
  return ` (${formatDuration(Math.abs(difference))} ${difference < 0 ? 'faster' : 'slower'} than last time)`;
}

function failures({ steps }: RunSummary, style: Style, columns: number): string[] {
  return steps.flatMap((step) => {
    if (!step.failure) return [];
    const skipped = steps.filter((other) => other.outcome === 'skipped' && other.because === step.id);
    const consequence = skipped.length > 0 ? `\n${wrap(`  skipped because of it: ${named(skipped)}`, columns, 4)}` : '';
    return [failureText(step.failure, style, step.title) + style.paint('yellow', consequence)];
  });
}

function omitted({ steps }: RunSummary, style: Style, columns: number): string {
  // Many steps of one thing are left out for one reason; it is said once.
  const byReason = new Map<string, StepResult[]>();
  for (const step of steps) {
    if (step.outcome !== 'omitted') continue;
    const reason = step.reason ?? step.detail ?? '';
    byReason.set(reason, [...(byReason.get(reason) ?? []), step]);
  }
  const rows = [...byReason].map(([reason, members]) => [named(members), style.paint('dim', reason)]);
  return table(rows, { indent: 2, columns, ellipsis: style.symbols.ellipsis });
}

function criticalPathTitle({ criticalPath, durationMs }: RunSummary): string {
  const onPath = criticalPath.reduce((sum, step) => sum + step.durationMs + step.waitedMs, 0);
  return `Critical path, ${formatDuration(onPath)} of ${formatDuration(durationMs)}`;
}

function criticalPath({ criticalPath: path, durationMs }: RunSummary, style: Style, columns: number): string {
  return criticalPathTable(path, durationMs, style, columns);
}

function standIns({ steps }: RunSummary): string[] {
  const marked = steps.filter((step) => /\bstand-in\b/.test(step.detail ?? ''));
  const releases = marked.filter((step) => step.id.startsWith('release/'));
  const all = releases.length > 0 ? releases : marked;
  return all.length === 0
    ? []
    : [
        `  ${String(all.length)} stand-in${all.length === 1 ? '' : 's'} for charts that could not be had: ${named(all)}`,
      ];
}

// Never broken over lines: it is there to be copied.
function journal({ counts, journal: path }: RunSummary): string[] {
  return counts.failed + counts.interrupted > 0 ? [`  journal: ${path}`] : [];
}

const namesShown = 6;

function named(steps: readonly StepResult[]): string {
  const names = steps.slice(0, namesShown).map((step) => step.title);
  const rest = steps.length - names.length;
  return names.join(', ') + (rest > 0 ? ` and ${String(rest)} more` : '');
}

function section(title: string, body: string, { paint }: Style): string {
  return body === '' ? '' : `${paint('bold', title)}\n${body}`;
}
