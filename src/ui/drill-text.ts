import { formatDuration } from '../clock.js';
import type { DrillRecord, Link, Outcome } from '../chaos/record.js';
import { shownLinks } from '../chaos/shown-links.js';
import { unexpectedNames } from '../chaos/verdict/alerts.js';
import { linkTitle, number, pathWords, percent, statusWords, verdictWords } from '../chaos/words.js';
import { labelled } from './labelled.js';
import type { Style } from './style.js';
import { table } from './table.js';
import { oneLine, wrap } from './width.js';

export interface DrillTextOptions {
  readonly style: Style;
  /** Columns of the terminal; without it nothing is cut or broken. */
  readonly columns?: number;
  /** Path of the page with all of it. */
  readonly report?: string;
}

/** The end of a drill for people: the verdict, the links, what else was seen, what to do. */
export function drillText(record: DrillRecord, options: DrillTextOptions): string {
  const { style, columns = Number.POSITIVE_INFINITY, report } = options;
  const { symbols } = style;
  const { verdict } = record;
  const told = (items: readonly string[], symbol: string) =>
    items.map((item) => wrap(`${symbol} ${oneLine(item)}`, columns, 2)).join('\n');
  const sections = [
    headline(record, style, columns),
    verdict.reasons.length > 1 ? told(verdict.reasons.slice(1), style.paint('yellow', symbols.warning)) : '',
    chain(record, style, columns),
    results(record, style, columns),
    verdict.notObserved.length > 0 ? `Not observed\n${told(verdict.notObserved, symbols.left)}` : '',
    [
      ...verdict.next.map((step) => `${symbols.next} ${oneLine(step)}`),
      ...(report === undefined ? [] : [`${symbols.next} report: ${report}`]),
    ].join('\n'),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

/** The symbol of an outcome, coloured. */
export function outcomeSymbol(outcome: Outcome, { paint, symbols }: Style): string {
  if (outcome === 'passed') return paint('green', symbols.done);
  if (outcome === 'inconclusive' || outcome === 'interrupted') return paint('yellow', symbols.warning);
  return paint('red', symbols.failed);
}

function headline(record: DrillRecord, style: Style, columns: number): string {
  const { drill, verdict, environment, provider, marks, run, simulation } = record;
  const { paint, symbols } = style;
  const name = `${outcomeSymbol(verdict.outcome, style)} ${paint('bold', `${drill.name}: ${verdictWords(verdict)}`)}`;
  const summary = verdict.summary.replaceAll('→', symbols.next);
  return [
    name,
    labelled('', oneLine(summary), columns, 2),
    paint('dim', `  ${environment} on ${provider}, ${formatDuration(marks.endedAt - marks.startedAt)}, run ${run}`),
    ...(simulation === undefined ? [] : [paint('dim', labelled('', oneLine(simulation), columns, 2))]),
  ].join('\n');
}

function chain({ links }: DrillRecord, style: Style, columns: number): string {
  const asked = shownLinks(links);
  if (asked.length === 0) return '';
  const duration = (ms: number | undefined) => (ms === undefined ? '' : formatDuration(ms));
  const rows = asked.map((link) => [
    `${linkSymbol(link.status, style)} ${linkTitle(link)}`,
    link.tookMs === undefined ? statusWords[link.status] : formatDuration(link.tookMs),
    duration(link.predictedMs),
    duration(link.budgetMs),
    oneLine(link.cause ?? (link.status === 'late' ? 'late' : '')),
  ]);
  const head = ['Link', 'Took', 'Predicted', 'Allowed', ''];
  return table(rows, { head, right: [1, 2, 3], indent: 2, columns, ellipsis: style.symbols.ellipsis });
}

function linkSymbol(status: Link['status'], { paint, symbols }: Style): string {
  if (status === 'met') return paint('green', symbols.done);
  if (status === 'late') return paint('yellow', symbols.warning);
  return status === 'broken' ? paint('red', symbols.failed) : paint('dim', symbols.left);
}

function results(record: DrillRecord, style: Style, columns: number): string {
  const { load, restore } = record;
  const unexpected = unexpectedNames(record);
  const lines = [
    ...(unexpected.length === 0 ? [] : [['Alerts', style.paint('yellow', `not expected: ${unexpected.join(', ')}`)]]),
    ...scalingLines(record, style),
    ...(load === undefined ? [] : [['Load', loadWords(load)]]),
    ...(restore === undefined ? [] : [['Restored', restoreWords(restore)]]),
  ];
  return lines.map(([label = '', words = '']) => labelled(label, words, columns, 10)).join('\n');
}

function scalingLines({ scaling }: DrillRecord, { symbols }: Style): string[][] {
  if (!scaling) return [];
  const { path, wanted, reachedMs, returnedMs } = scaling;
  const reached = reachedMs === undefined ? 'never reached' : `reached after ${formatDuration(reachedMs)}`;
  const back = returnedMs === undefined ? '' : `, back ${formatDuration(returnedMs)} after the load`;
  return [['Replicas', `${pathWords(path, symbols.next)}; ${String(wanted)} wanted, ${reached}${back}`]];
}

function loadWords({
  requests,
  durationMs,
  successRatio,
  latency,
  isSimulated,
  tool,
}: NonNullable<DrillRecord['load']>) {
  if (isSimulated) return `simulated for ${formatDuration(durationMs)}`;
  const answered = successRatio === undefined ? 'nothing was answered' : `${percent(successRatio)} succeeded`;
  const times = latency
    ? `, half within ${formatDuration(latency.p50)}, 95% within ${formatDuration(latency.p95)}`
    : '';
  return `${number(requests)} requests by ${tool} in ${formatDuration(durationMs)}, ${answered}${times}`;
}

function restoreWords({ results, differences, by }: NonNullable<DrillRecord['restore']>): string {
  // Of a node that was drained it is dozens of pods.
  const taken = [...new Set(results.map(({ detail }) => detail))].map((detail) => {
    const alike = results.filter((result) => result.detail === detail);
    return `${subjects(alike.map(({ subject }) => subject))}: ${detail}`;
  });
  const proof = differences.length === 0 ? 'as before' : `not as before: ${differences.join('; ')}`;
  return oneLine([...taken, `${proof} (by ${by})`].join('; '));
}

/** `pod/api in apps`, `pod/api in apps and 13 others`. */
function subjects([first = '', ...others]: readonly string[]): string {
  if (others.length === 0) return first;
  return others.length === 1 ? `${first} and ${others.join('')}` : `${first} and ${String(others.length)} others`;
}
