import type { Link } from '../record.js';

/** Of links whose time nobody can predict, in milliseconds. */
const unpredictedMs = 120_000;

/**
 * How long a link is waited for, in milliseconds: beyond its budget for as long again, but not for ever. What comes late
 * tells more than what was not waited for.
 */
export function patienceOf(budgetMs: number | undefined): number {
  if (budgetMs === undefined) return unpredictedMs;
  return budgetMs + Math.min(Math.max(budgetMs, 15_000), 120_000);
}

/** Whether a link has not come yet, and nothing says that it never will. */
export function isAwaited({ status, cause }: Link): boolean {
  return status === 'unreached' && cause === undefined;
}
