import { formatDuration } from '../../../clock.js';
import type { Finding } from '../../record.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';

/** Always fires where the chain from Prometheus to Alertmanager holds. */
const name = 'Watchdog';
const check = 'watchdog';
/** Prometheus repeats what fires at least so often (`--rules.alert.resend-delay`). */
const resendMs = 60_000;
/** One repetition may be lost, and an evaluation may be slow. */
const lateMs = 2 * resendMs + 30_000;
/** How long after its start an Alertmanager may not have heard of anything yet. */
export const silentAtStartMs = 2 * resendMs;

/** Whether the alert that always fires reaches Alertmanager, and still does. */
export const checkWatchdog: Check = ({ expect }, { monitoring }) => {
  const prometheus = answerOf(monitoring?.prometheus);
  const alertmanager = answerOf(monitoring?.alertmanager);
  if (!prometheus || !alertmanager || expect.alerts.length === 0) return [];
  const seen = alertmanager.alerts.filter(({ labels }) => labels['alertname'] === name);
  if (seen.length > 0) return [howFresh(prometheus.now - Math.max(...seen.map(({ updatedAt }) => updatedAt)))];
  if (!prometheus.groups.some(({ rules }) => rules.some((rule) => rule.name === name))) {
    const message =
      'there is no alert Watchdog: whether Prometheus reaches Alertmanager shows only when an alert fires';
    return [{ check, level: 'warning', link: 'firing', message }];
  }
  // Alertmanager does not say what time it has; it runs beside Prometheus.
  const runsMs = prometheus.now - alertmanager.startedAt;
  if (runsMs < silentAtStartMs) {
    const message = `Alertmanager started ${formatDuration(Math.max(runsMs, 0))} ago and has not heard of the alert Watchdog yet`;
    return [{ check, level: 'inconclusive', link: 'firing', message, fix: ['try again in two minutes'] }];
  }
  const message = 'Prometheus does not reach Alertmanager: the alert Watchdog, which always fires, is missing';
  return [{ check, level: 'weakness', link: 'firing', message, fix: ['see the log of Prometheus'] }];
};

function howFresh(ageMs: number): Finding {
  const age = formatDuration(Math.max(ageMs, 0));
  if (ageMs <= lateMs) return { check, level: 'ok', message: `the alert Watchdog reached Alertmanager ${age} ago` };
  return {
    check,
    level: 'weakness',
    link: 'firing',
    message: `Alertmanager heard of the alert Watchdog ${age} ago for the last time, and should every minute`,
    fix: ['see the log of Prometheus'],
  };
}
