import { formatDuration } from '../clock.js';
import type { BoardStep } from './board.js';
import { countNotes } from './group-counts.js';
import { formatElapsed, progressAmount, progressBar, progressMessage } from './progress.js';
import type { Style } from './style.js';
import { countOf, type Group } from './tree-group.js';
import { displayWidth, oneLine, pad, truncate } from './width.js';

export interface FrameOptions {
  readonly columns: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly style: Style;
}

/** The share of a line that the title of a step may take; the rest is for what it waits for. */
const titleShare = 0.35;
const elapsedColumns = 4;

/** `✓ Releases  9/9  3 unchanged                12.3s` */
export function groupLine(
  group: Group,
  columns: { readonly title: number; readonly count: number },
  options: FrameOptions & { readonly withRunning: boolean },
): string {
  const { paint } = options.style;
  const { counts, steps } = group;
  const isIdle = counts.wanted === 0 || counts.waiting === steps.length;
  const title = pad(group.title, columns.title);
  const count = paint('dim', pad(countOf(group), columns.count, 'right'));
  const left = `${mark(group, options)} ${isIdle ? paint('dim', title) : title}  ${count}  ${countNotes(counts, options.style, options)}`;
  return spread(left, paint('dim', groupElapsed(group, options.now)), options);
}

/** `  • etcd 3.6.5  downloading  ━━━━━━────  12.3/18.1 MB  4s` */
export function stepLine(step: BoardStep, titleColumns: number, options: FrameOptions): string {
  const { style, columns, now } = options;
  const { symbols, paint } = style;
  const room = Math.min(titleColumns, Math.floor(columns * titleShare));
  const title = pad(truncate(oneLine(step.title), room, symbols.ellipsis), room);
  if (step.status === 'failed') {
    const left = `  ${paint('red', symbols.failed)} ${title}  ${paint('red', oneLine(step.failure?.message ?? 'failed'))}`;
    return spread(
      left,
      paint('dim', formatDuration((step.endedAt ?? now) - (step.startedAt ?? step.endedAt ?? now))),
      options,
    );
  }
  const words = oneLine(step.progress ? progressMessage(step.progress, now) : (step.reason ?? ''));
  const right = [
    progressBar(step.progress, style),
    step.progress ? progressAmount(step.progress, { aligned: true }) : '',
    dimmed(formatElapsed(now - (step.startedAt ?? now)).padStart(elapsedColumns), style),
  ];
  const left = `  ${paint('cyan', symbols.pending)} ${title}  ${paint('dim', words)}`;
  return spread(left, right.filter((part) => part !== '').join('  '), options);
}

export function moreLine(count: number, what: string, indent: number, { style }: FrameOptions): string {
  const text = `${style.symbols.ellipsis} and ${String(count)} more ${what}`;
  return ' '.repeat(indent) + style.paint('dim', text.trimEnd());
}

export function warningLine(message: string, options: FrameOptions): string {
  const { paint, symbols } = options.style;
  return spread(paint('yellow', `${symbols.warning} ${oneLine(message)}`), '', options);
}

function mark({ counts }: Group, { style, now }: FrameOptions): string {
  const { symbols, paint } = style;
  if (counts.running > 0) {
    return paint('cyan', symbols.spinner[Math.floor(now / 100) % symbols.spinner.length] ?? symbols.spinner[0]);
  }
  if (counts.failed > 0) return paint('red', symbols.failed);
  if (counts.waiting > 0) return paint('dim', symbols.pending);
  if (counts.interrupted + counts.skipped > 0) return paint('yellow', symbols.left);
  return counts.wanted === 0 ? paint('dim', symbols.left) : paint('green', symbols.done);
}

/** From the first start to the last end, or to now. */
function groupElapsed({ steps, counts }: Group, now: number): string {
  const worked = steps.filter((step) => step.startedAt !== undefined);
  if (worked.length === 0) return '';
  const start = Math.min(...worked.map((step) => step.startedAt ?? now));
  if (counts.running > 0) return formatElapsed(now - start);
  return formatDuration(Math.max(...worked.map((step) => step.endedAt ?? start)) - start);
}

/** Left and right text on one line that ends one column before the edge, where no terminal wraps. */
function spread(left: string, right: string, { columns, style }: FrameOptions): string {
  const width = columns - 1;
  if (right === '') return truncate(left.trimEnd(), width, style.symbols.ellipsis);
  const room = Math.max(0, width - displayWidth(right) - 2);
  const line = pad(truncate(left, room, style.symbols.ellipsis), room) + '  ' + right;
  return truncate(line.trimEnd(), width, style.symbols.ellipsis);
}

// Coloured blanks could not be trimmed from the end of a line.
function dimmed(text: string, { paint }: Style): string {
  return text.trim() === '' ? text : paint('dim', text);
}
