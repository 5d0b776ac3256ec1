import type { LinkName } from '../drill.js';
import type { Link } from '../record.js';
import { linkOf, linksBefore, phaseOf } from './order.js';
import { isAwaited, patienceOf } from './patience.js';

/** Whether nothing of a phase is waited for any more, be it met, broken or not to be seen. */
export function isComplete(links: readonly Link[], phase: 'fault' | 'recovery'): boolean {
  return links.every((link) => phaseOf(link.name) !== phase || !isAwaited(link));
}

const words = {
  fault: 'the fault',
  endpoints: 'the last endpoint to go',
  symptom: 'users to see it',
  pending: 'to be pending',
  firing: 'to fire',
  grouped: 'to reach Alertmanager',
  routed: 'to be routed',
  delivered: 'to be delivered',
  restored: 'the restore',
  recovered: 'users to be well again',
  resolved: 'to be told as resolved',
} as const satisfies Record<LinkName, string>;

/** What is waited for, in words: `PostgresDown to fire, users to see it`; empty where it is nothing. */
export function waitsFor(links: readonly Link[]): string {
  const others = nextOnes(links).filter(({ name }) => name !== 'restored');
  // What we do ourselves comes when nothing else is waited for.
  return (others.length > 0 ? others : nextOnes(links))
    .map(({ name, alert }) => (alert === undefined ? words[name] : `${alert} ${words[name]}`))
    .join(', ');
}

/**
 * When there is no sense in waiting for any of them longer, in milliseconds since the epoch: a while after the budget of
 * the last one that may come next. `undefined` where nothing is waited for, or only for what we do ourselves.
 */
export function deadline(links: readonly Link[]): number | undefined {
  const ends = nextOnes(links).flatMap(({ name, alert, budgetMs }) => {
    if (name === 'restored') return [];
    const from = linksBefore(name)
      .map((earlier) => linkOf(links, earlier, alert)?.at)
      .find((at) => at !== undefined);
    return from === undefined ? [] : [from + patienceOf(budgetMs)];
  });
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** The links that may come next: those whose every earlier one is no longer waited for. */
export function nextOnes(links: readonly Link[]): readonly Link[] {
  return links.filter(
    (link) =>
      isAwaited(link) &&
      linksBefore(link.name).every((earlier) => {
        const found = linkOf(links, earlier, link.alert);
        return !found || !isAwaited(found);
      }),
  );
}
