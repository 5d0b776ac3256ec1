import { formatDuration, type Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import type { Prometheus } from '../../monitoring/prometheus.js';
import type { RuleGroup } from '../../monitoring/prometheus-rules.js';
import type { Effect } from './effect.js';
import type { Sight } from './judgement.js';
import { recordingsOf, sightOf, type SightWorld } from './sight.js';

/** Alerts that a fault would raise. */
export interface WouldFire {
  /** Each name once, the first to fire first. */
  readonly alerts: readonly Sight[];
  /** Those of which it is not known. */
  readonly unknown: readonly { readonly alert: string; readonly reason: string }[];
}

/** A dry run may take so long. */
const mostMs = 30_000;

/**
 * Tries all alerting rules of some groups, such as the environment's own, one after the other; those for which no time
 * is left are among the unknown.
 */
export async function whichWouldFire(
  groups: readonly RuleGroup[],
  effect: Effect,
  world: SightWorld & { readonly clock: Clock },
  signal: AbortSignal,
): Promise<WouldFire> {
  const seen = new Map<string, Sight>();
  const unknown: { alert: string; reason: string }[] = [];
  const until = world.clock.now() + mostMs;
  const rules = groups.flatMap(({ rules, intervalMs }) =>
    rules.flatMap((rule) => (rule.type === 'alerting' ? [{ rule, intervalMs }] : [])),
  );
  const recordings = world.monitoring ? await loadedOrWhy(world.monitoring.prometheus, signal) : [];
  if (recordings instanceof PlatformError) {
    return { alerts: [], unknown: rules.map(({ rule }) => ({ alert: rule.name, reason: recordings.message })) };
  }
  for (const { rule, intervalMs } of rules) {
    if (world.clock.now() > until) {
      unknown.push({ alert: rule.name, reason: `no time was left for it after ${formatDuration(mostMs)}` });
      continue;
    }
    const sight = await sightOf(rule, intervalMs, effect, world, signal, { onlyWhereTouched: true, recordings });
    if (sight.verdict === 'unknown') unknown.push({ alert: rule.name, reason: sight.reason });
    if (sight.verdict === 'sees' && momentOf(sight) < momentOf(seen.get(rule.name))) seen.set(rule.name, sight);
  }
  return {
    alerts: [...seen.values()].toSorted((a, b) => momentOf(a) - momentOf(b)),
    unknown: unknown.filter(({ alert }) => !seen.has(alert)),
  };
}

async function loadedOrWhy(prometheus: Pick<Prometheus, 'rules'>, signal: AbortSignal) {
  try {
    return await recordingsOf(prometheus, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PlatformError) return error;
    throw error;
  }
}

function momentOf(sight: Sight | undefined): number {
  return sight?.firesAfterMs ?? Infinity;
}
