import { formatDuration } from '../clock.js';
import type { Drill, LinkName } from '../chaos/drill.js';
import type { Finding, PredictedLink, PredictedScaling, Prediction } from '../chaos/record.js';
import { linkTitle } from '../chaos/words.js';
import { labelled } from './labelled.js';
import type { Style } from './style.js';
import { table } from './table.js';
import { oneLine } from './width.js';

export interface DrillPreview {
  readonly drill: Pick<Drill, 'holdMs'>;
  readonly findings: readonly Finding[];
  /** Absent where the drill was refused before anything could be predicted. */
  readonly prediction?: Prediction;
}

/** What the look before a drill has found, and how long each link may take: all of a dry run. */
export function drillPreviewText(
  { drill, findings, prediction }: DrillPreview,
  style: Style,
  columns?: number,
): string {
  const sections = [
    findingsText(findings, style, columns),
    prediction ? predictionText(prediction, drill.holdMs, style, columns) : '',
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

/** Findings of the look before a drill, the worst last: that is where people look first. */
export function findingsText(findings: readonly Finding[], style: Style, columns = Number.POSITIVE_INFINITY): string {
  if (findings.length === 0) return '';
  const order: readonly Finding['level'][] = ['ok', 'note', 'warning', 'inconclusive', 'weakness', 'refused'];
  const sorted = [...findings].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  const lines = sorted.flatMap(({ level, message, fix = [] }) => [
    labelled(`  ${levelSymbol(level, style)}`, `${levelWords[level]}${oneLine(message)}`, columns, 4),
    ...fix.map((step) => `    ${style.symbols.next} ${oneLine(step)}`),
  ]);
  return `Before the fault\n${lines.join('\n')}`;
}

const levelWords: Readonly<Record<Finding['level'], string>> = {
  ok: '',
  note: '',
  warning: '',
  inconclusive: 'would prove nothing: ',
  weakness: 'would fail: ',
  refused: 'refused: ',
};

function levelSymbol(level: Finding['level'], { paint, symbols }: Style): string {
  if (level === 'ok') return paint('green', symbols.done);
  if (level === 'note') return paint('dim', symbols.pending);
  return level === 'weakness' || level === 'refused' ? paint('red', symbols.failed) : paint('yellow', symbols.warning);
}

function predictionText(
  { links, scaling, totalMs }: Prediction,
  holdMs: number,
  style: Style,
  columns = Number.POSITIVE_INFINITY,
): string {
  const rows = links.map((link) => [
    linkTitle(link),
    formatDuration(link.atMostMs),
    formatDuration(latestMs(link, links, holdMs)),
    style.paint('dim', oneLine(link.because)),
  ]);
  const head = ['Link', 'Takes at most', 'There by', 'Because'];
  const { ellipsis } = style.symbols;
  return [
    `Predicted from the live configuration: ${formatDuration(totalMs)} at most`,
    ...(rows.length > 0 ? [table(rows, { head, right: [1, 2], indent: 2, columns, ellipsis })] : []),
    ...(scaling ? scalingLines(scaling, style, columns) : []),
  ].join('\n');
}

const told: readonly LinkName[] = ['fault', 'endpoints', 'pending', 'firing', 'grouped', 'routed', 'delivered'];

/** What has to be there before a link can come. Users and alerts see a fault, and its end, side by side. */
function linksBefore(name: LinkName): readonly LinkName[] {
  if (name === 'symptom') return ['fault', 'endpoints'];
  if (name === 'restored') return [...told, 'symptom'];
  // Not all can be predicted everywhere, so that none is left out of the sum because of another.
  return told.includes(name) ? told.slice(0, told.indexOf(name)) : [...told, 'symptom', 'restored'];
}

/** Milliseconds from the fault on by which a link is there. */
function latestMs(link: PredictedLink, links: readonly PredictedLink[], holdMs: number): number {
  const needed = links.filter(({ name, alert }) => {
    const isOfOther = link.alert !== undefined && alert !== undefined && alert !== link.alert;
    return linksBefore(link.name).includes(name) && !isOfOther;
  });
  const held = link.name === 'restored' ? holdMs : 0;
  return Math.max(0, ...needed.map((other) => latestMs(other, links, holdMs))) + held + link.atMostMs;
}

function scalingLines({ original, up, down, because }: PredictedScaling, { paint, symbols }: Style, columns: number) {
  const steps = (all: PredictedScaling['up']) =>
    all.map(({ afterMs, replicas }) => `${String(replicas)} after ${formatDuration(afterMs)}`);
  const path = (words: readonly string[]) => words.join(` ${symbols.next} `);
  return [
    labelled('  Replicas under load', path([String(original), ...steps(up)]), columns, 23),
    labelled('  and after its end', path(steps(down)), columns, 23),
    paint('dim', labelled('', oneLine(because), columns, 2)),
  ];
}
