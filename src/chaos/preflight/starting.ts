import type { Drill } from '../drill.js';
import { answerOf } from './asked.js';
import { silentAtStartMs } from './checks/watchdog.js';
import { expectedAlerts } from './expected-alerts.js';
import type { Facts } from './facts.js';

/** How long after its start a program may not know anything yet, in milliseconds. */
const startMs = 60_000;

/**
 * What those who watch do not know yet because they have only just started: a Prometheus without any measurement takes
 * every rule for blind. `undefined` where there is nothing to wait for.
 */
export function whatStarts(drill: Drill, { monitoring }: Facts): string | undefined {
  const prometheus = answerOf(monitoring?.prometheus);
  const alertmanager = answerOf(monitoring?.alertmanager);
  if (!prometheus || !alertmanager || drill.expect.alerts.length === 0) return undefined;
  if (prometheus.now - prometheus.runtime.startTime < startMs) {
    const alerts = expectedAlerts(drill, prometheus).filter(({ rules }) => rules.length > 0);
    const isLooking = prometheus.targets.length === 0 || prometheus.targets.some(({ health }) => health === 'unknown');
    const unmeasured = alerts.find(({ name }) => (prometheus.jobs[name] ?? []).length === 0);
    if (isLooking && unmeasured) return `Prometheus has not measured what ${unmeasured.name} reads`;
    const unknown = alerts.find(({ rules }) => rules.some(({ rule }) => rule.health === 'unknown'));
    if (unknown) return `Prometheus has not evaluated ${unknown.name}`;
  }
  // What Prometheus told before it knew this Alertmanager it tells again only a minute later.
  const isYoung = prometheus.now - alertmanager.startedAt < silentAtStartMs;
  const isQuiet = !alertmanager.alerts.some(({ labels }) => labels['alertname'] === 'Watchdog');
  const hasWatchdog = prometheus.groups.some(({ rules }) => rules.some(({ name }) => name === 'Watchdog'));
  return isYoung && isQuiet && hasWatchdog ? 'Alertmanager has not heard of the alert Watchdog' : undefined;
}
