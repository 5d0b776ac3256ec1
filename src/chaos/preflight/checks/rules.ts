import { formatDuration } from '../../../clock.js';
import { writeDuration } from '../../../duration.js';
import { nearest } from '../../../nearest.js';
import type { Finding } from '../../record.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';
import { expectedAlerts, type ExpectedAlert, type RaisingRule } from '../expected-alerts.js';
import type { PrometheusFacts } from '../facts/prometheus.js';

const check = 'rule';
/** An evaluation takes its time, and a Prometheus that is busy skips one. */
const skipped = 3;

/** Whether each expected alert has a rule that is healthy and being evaluated. */
export const checkRules: Check = (drill, { monitoring }) => {
  const prometheus = answerOf(monitoring?.prometheus);
  if (!prometheus) return [];
  return expectedAlerts(drill, prometheus).flatMap((alert): readonly Finding[] => {
    if (alert.rules.length === 0) return [missing(alert, prometheus)];
    const troubles = alert.rules.flatMap((rule) => troubleOf(alert.name, rule, prometheus.now));
    return troubles.length > 0 ? troubles : [{ check, level: 'ok', message: `the rule ${alert.name} is evaluated` }];
  });
};

function missing({ name }: ExpectedAlert, { groups }: PrometheusFacts): Finding {
  const names = groups.flatMap(({ rules }) => rules.filter(({ type }) => type === 'alerting').map((rule) => rule.name));
  const near = nearest(name, [...new Set(names)]);
  return {
    check,
    level: 'weakness',
    link: 'pending',
    message: `no rule is called ${name}`,
    fix: [near === undefined ? 'see the alerts that there are in Prometheus, page Alerts' : `did you mean ${near}?`],
  };
}

/** A busy machine may stand still for so long, in milliseconds. */
const stallMs = 15_000;

function troubleOf(name: string, { rule, intervalMs }: RaisingRule, now: number): readonly Finding[] {
  if (rule.health === 'err') {
    const message = `the rule ${name} cannot be evaluated: ${rule.lastError}`;
    return [{ check, level: 'weakness', link: 'pending', message, fix: [`correct its expression: ${rule.query}`] }];
  }
  if (rule.health === 'unknown') {
    const message = `the rule ${name} has not been evaluated yet`;
    return [{ check, level: 'inconclusive', link: 'pending', message, fix: waiting(intervalMs) }];
  }
  const ageMs = now - rule.lastEvaluation;
  if (ageMs <= Math.max(skipped * intervalMs, stallMs)) return [];
  const message = `the rule ${name} was evaluated ${formatDuration(ageMs)} ago for the last time, and should every ${writeDuration(intervalMs)}`;
  return [{ check, level: 'weakness', link: 'pending', message, fix: ['see the log of Prometheus'] }];
}

function waiting(intervalMs: number): readonly string[] {
  return [`try again in ${writeDuration(intervalMs)}`];
}
