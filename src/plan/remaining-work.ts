import type { CheckedPlan } from './plan.js';

/**
 * Milliseconds from the start of each step to the end of the longest chain that hangs on it, by what is known of
 * earlier runs. Steps with nothing to do take no time.
 */
export function remainingWork(plan: CheckedPlan, history: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const remaining = new Map<string, number>();
  for (const [id, step] of [...plan.steps].reverse()) {
    const after = (plan.dependants.get(id) ?? []).map((dependant) => remaining.get(dependant) ?? 0);
    const own = plan.checks.get(id)?.status === 'needed' ? (history.get(id) ?? step.estimateMs) : 0;
    remaining.set(id, own + Math.max(0, ...after));
  }
  return remaining;
}
