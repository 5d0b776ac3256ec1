import { formatDuration } from '../../clock.js';
import type { DrillRecord, Link, Outcome } from '../record.js';
import { unexpectedAlerts } from '../verdict/alerts.js';
import { faultWords, linkTitle, number, pathWords, percent, statusWords, verdictWords } from '../words.js';
import type { Comparison } from './compare.js';
import { comparisonNotes, comparisonRows } from './comparison-words.js';

const symbols: Readonly<Record<Outcome, string>> = {
  passed: '✓',
  weakness: '✗',
  'not-restored': '✗',
  failed: '✗',
  inconclusive: '?',
  interrupted: '!',
};

/** A run in a few lines and a table, as a comment on a pull request. */
export function reportMarkdown(record: DrillRecord, comparison?: Comparison): string {
  const { drill, verdict, environment, provider, marks, run } = record;
  const took = formatDuration(marks.endedAt - marks.startedAt);
  const links = record.links.filter(({ status }) => status !== 'unasked');
  return blocks(
    `## ${symbols[verdict.outcome]} Drill ${text(drill.name)}: ${text(verdictWords(verdict))}`,
    text(verdict.summary),
    text(`Fault: ${faultWords(drill.fault)}. Environment: ${environment} on ${provider}. Took ${took}.`),
    bullets('Why', verdict.reasons.length > 1 ? verdict.reasons : []),
    bullets('What to do', verdict.next),
    links.length === 0 ? '' : table(['Link', 'Status', 'Took', 'Predicted at most', 'Note'], links.map(linkCells), 2),
    bullets('', resultLines(record)),
    bullets('Not observed', verdict.notObserved),
    comparison ? comparisonMarkdown(comparison) : '',
    `<sub>Run ${text(run)}</sub>`,
  );
}

/** What changed since another run, as Markdown. */
function comparisonMarkdown(comparison: Comparison): string {
  const { before, after } = comparison;
  return blocks(
    `### Compared with ${text(before.run)}`,
    table(['What', before.run, after.run, 'Change'], comparisonRows(comparison), 1),
    bullets('', comparisonNotes(comparison)),
  );
}

function linkCells(link: Link): string[] {
  const duration = (ms: number | undefined) => (ms === undefined ? '' : formatDuration(ms));
  return [
    linkTitle(link),
    statusWords[link.status],
    duration(link.tookMs),
    duration(link.predictedMs),
    link.cause ?? (link.status === 'unobserved' ? (link.detail ?? '') : ''),
  ];
}

function resultLines(record: DrillRecord): string[] {
  const { scaling, load, restore } = record;
  const unexpected = unexpectedAlerts(record).map(({ name }) => name);
  const answered =
    load?.successRatio === undefined ? 'nothing was answered' : `${percent(load.successRatio)} succeeded`;
  const slow = load?.latency ? `, 95% within ${formatDuration(load.latency.p95)}` : '';
  return [
    ...(unexpected.length > 0 ? [`Not expected: ${unexpected.join(', ')}`] : []),
    ...(scaling ? [`Replicas: ${pathWords(scaling.path)}, ${String(scaling.wanted)} wanted`] : []),
    ...(load && !load.isSimulated ? [`Load: ${number(load.requests)} requests, ${answered}${slow}`] : []),
    ...(restore ? [restore.differences.length === 0 ? 'Taken back: as before' : 'Taken back: not as before'] : []),
  ];
}

function bullets(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const lines = items.map((item) => `- ${text(item)}`).join('\n');
  return title === '' ? lines : `**${title}**\n\n${lines}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[], alignedLeft: number): string {
  const line = (cells: readonly string[]) => `| ${cells.map(text).join(' | ')} |`;
  const rule = head.map((_, index) => (index < alignedLeft || index === head.length - 1 ? '---' : '---:'));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Text that stays text: no markup, no lines of its own, and nobody is notified by an @ in it. */
function text(words: string): string {
  return words
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replaceAll(/[\\`*_{}[\]()#+!|~<>&]/g, (character) =>
      /[<>&]/.test(character) ? entity(character) : `\\${character}`,
    )
    .replaceAll('@', '@<!-- -->')
    .replaceAll(/\b(https?|ftp):\/\//g, '$1<!-- -->://')
    .replaceAll(/\bwww\./g, 'www<!-- -->.');
}

function entity(character: string): string {
  return { '<': '&lt;', '>': '&gt;', '&': '&amp;' }[character] ?? character;
}

function blocks(...parts: readonly string[]): string {
  return `${parts
    .filter((part) => part !== '')
    .map((part) => part.trimEnd())
    .join('\n\n')}\n`;
}
