import type { Check } from '../plan/step.js';
import { grouped } from './groups.js';
import type { Style } from './style.js';
import { displayWidth, oneLine, pad, truncate } from './width.js';

/** A step and what the world answered to its check. */
export interface PlannedStep {
  readonly id: string;
  readonly title: string;
  readonly check: Check;
}

export interface PlanTableOptions {
  readonly style: Style;
  /** Columns of the terminal. Without it nothing is cut. */
  readonly columns?: number;
}

/** What a run would do and why, group by group, without a final line break; what is as wanted is only counted. */
export function planTable(steps: readonly PlannedStep[], options: PlanTableOptions): string {
  const told = steps.filter(isTold);
  const titleColumns = Math.max(0, ...told.map((step) => displayWidth(step.title)));
  const sections = [...grouped(steps)]
    .filter(([, members]) => members.some(isTold))
    .map(([title, members]) => {
      const heading = `${options.style.paint('bold', title)}  ${options.style.paint('dim', counted(members))}`;
      return [heading, ...members.filter(isTold).flatMap((step) => stepLines(step, titleColumns, options))].join('\n');
    });
  return [...sections, conclusion(steps, options.style)].join('\n\n');
}

function isTold({ check }: PlannedStep): boolean {
  return check.status !== 'satisfied' && check.status !== 'unneeded';
}

function stepLines(
  { title, check }: PlannedStep,
  titleColumns: number,
  { style, columns }: PlanTableOptions,
): string[] {
  const { paint, symbols } = style;
  const line = (symbol: string, reason: string) => {
    const text = `  ${symbol} ${pad(title, titleColumns)}  ${reason}`.trimEnd();
    return columns === undefined ? text : truncate(text, columns, symbols.ellipsis);
  };
  switch (check.status) {
    case 'needed':
      return [line(paint('cyan', symbols.pending), paint('dim', oneLine(check.reason)))];
    case 'blocked':
      return [
        line(paint('red', symbols.failed), paint('red', oneLine(check.by))),
        ...check.fix.map((fix) => `      ${paint('cyan', symbols.next)} ${fix}`),
      ];
    case 'omitted':
      return [paint('dim', line(symbols.left, oneLine(check.reason)))];
    default:
      return [];
  }
}

function conclusion(steps: readonly PlannedStep[], { paint, symbols }: Style): string {
  const needed = steps.some(({ check }) => check.status === 'needed' || check.status === 'blocked');
  const counts = counted(steps);
  return needed
    ? `${paint('bold', 'Plan:')} ${counts}`
    : `${paint('green', symbols.done)} ${paint('bold', 'nothing to do:')} ${counts}`;
}

const words = { needed: 'to do', blocked: 'blocked', satisfied: 'unchanged', omitted: 'omitted' } as const;

function counted(steps: readonly PlannedStep[]): string {
  return Object.entries(words)
    .map(([status, word]) => ({ count: steps.filter(({ check }) => check.status === status).length, word }))
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `${String(count)} ${word}`)
    .join(', ');
}
