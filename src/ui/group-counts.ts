import type { BoardStep } from './board.js';
import type { Style } from './style.js';

/** What became of the steps of a group so far. */
export interface GroupCounts extends Readonly<Record<BoardStep['status'], number>> {
  /** As wanted now: done or unchanged. */
  readonly fulfilled: number;
  /** Steps that count: what is omitted or unneeded here does not. */
  readonly wanted: number;
}

export function countSteps(steps: readonly BoardStep[]): GroupCounts {
  const counts = {
    waiting: 0,
    running: 0,
    done: 0,
    unchanged: 0,
    unneeded: 0,
    omitted: 0,
    failed: 0,
    skipped: 0,
    interrupted: 0,
  };
  for (const step of steps) counts[step.status] += 1;
  return {
    ...counts,
    fulfilled: counts.done + counts.unchanged,
    wanted: steps.length - counts.omitted - counts.unneeded,
  };
}

/** `2 running, 1 failed, 3 unchanged`: what the count in front of it and the lines beneath do not say. */
export function countNotes(counts: GroupCounts, style: Style, { withRunning }: { withRunning: boolean }): string {
  const note = (status: BoardStep['status'], format: Parameters<Style['paint']>[0]) =>
    counts[status] > 0 ? [style.paint(format, `${String(counts[status])} ${status}`)] : [];
  return [
    ...(withRunning ? note('running', 'dim') : []),
    ...note('failed', 'red'),
    ...note('interrupted', 'yellow'),
    ...note('skipped', 'yellow'),
    ...note('unchanged', 'dim'),
    ...note('omitted', 'dim'),
  ].join(style.paint('dim', ', '));
}
