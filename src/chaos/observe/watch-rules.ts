import type { Prometheus } from '../../monitoring/prometheus.js';
import type { RuleGroup } from '../../monitoring/prometheus-rules.js';
import type { RuleSighting } from '../record.js';
import type { Ledger } from './ledger.js';
import type { Watcher } from './watcher.js';

type AlertingRule = Extract<RuleGroup['rules'][number], { readonly type: 'alerting' }>;

/** How the rules of the expected alerts are. */
export function watchRules(
  alerts: readonly string[],
  { prometheus, ledger }: { readonly prometheus: Pick<Prometheus, 'rules'>; readonly ledger: Ledger },
): Watcher {
  return {
    name: 'rules',
    who: 'prometheus',
    everyMs: 1000,
    async look(signal) {
      const groups = await prometheus.rules({ type: 'alert', names: alerts }, signal);
      for (const alert of alerts) ledger.put('rules', sightingOf(alert, groups), alert);
    },
  };
}

const health = ['unknown', 'ok', 'err'] as const;
const states = ['unknown', 'inactive', 'pending', 'firing'] as const;

/** Several rules of one name count as one: the worst health, the furthest state. */
function sightingOf(alert: string, groups: readonly RuleGroup[]): RuleSighting {
  const rules = groups
    .flatMap((group) => group.rules)
    .filter((rule): rule is AlertingRule => rule.type === 'alerting' && rule.name === alert);
  if (rules.length === 0) return { alert, exists: false };
  const lastError = rules.map((rule) => rule.lastError).find((error) => error !== '');
  return {
    alert,
    exists: true,
    health: furthest(
      health,
      rules.map((rule) => rule.health),
    ),
    ...(lastError !== undefined && { lastError }),
    state: furthest(
      states,
      rules.map((rule) => rule.state),
    ),
    forMs: Math.min(...rules.map(({ forMs }) => forMs)),
  };
}

function furthest<T>(order: readonly [T, ...T[]], found: readonly T[]): T {
  return [...order].reverse().find((one) => found.includes(one)) ?? order[0];
}
