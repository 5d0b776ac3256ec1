import type { BoardStep } from './board.js';
import { countSteps, type GroupCounts } from './group-counts.js';

/** A group of steps as the tree sees it. */
export interface Group {
  readonly title: string;
  readonly counts: GroupCounts;
  readonly steps: readonly BoardStep[];
  /** What is shown one by one: running steps, longest first, then failures. */
  readonly shown: readonly BoardStep[];
}

export function createGroup(title: string, steps: readonly BoardStep[]): Group {
  const running = steps.filter((step) => step.status === 'running');
  running.sort((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0));
  const failed = steps.filter((step) => step.status === 'failed');
  return { title, steps, counts: countSteps(steps), shown: [...running, ...failed] };
}

/** `3/9`, or nothing where none of the steps counts. */
export function countOf({ counts }: Group): string {
  return counts.wanted === 0 ? '' : `${String(counts.fulfilled)}/${String(counts.wanted)}`;
}
