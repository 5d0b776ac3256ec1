import type { CriticalStep } from './events.js';
import type { Plan } from './plan.js';
import type { TimedResult } from './runner.js';

/**
 * The chain of steps that decided how long the run took: from the step that ended last back through, each time, the
 * need that ended last. Steps that had nothing to do are left out; `begin` is when the first one could start.
 */
export function criticalPath(plan: Plan, results: readonly TimedResult[], begin: number): CriticalStep[] {
  const byId = new Map(results.map((result) => [result.id, result]));
  const path: CriticalStep[] = [];
  let current = lastToEnd(results);
  while (current) {
    const needs = plan.steps.get(current.id)?.needs ?? [];
    const before = lastToEnd(needs.flatMap((id) => byId.get(id) ?? []));
    if (current.durationMs > 0) {
      const { id, title, durationMs, start } = current;
      path.unshift({ id, title, durationMs, waitedMs: Math.max(0, start - (before?.end ?? begin)) });
    }
    current = before;
  }
  return path;
}

function lastToEnd(results: readonly TimedResult[]): TimedResult | undefined {
  let last: TimedResult | undefined;
  for (const result of results) if (!last || result.end > last.end) last = result;
  return last;
}
