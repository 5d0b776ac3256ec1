import type { Finding } from '../../record.js';
import { answerOf, problemOf } from '../asked.js';
import type { Check } from '../check.js';

/** Whether somebody watches the environment and can be asked, and hands on what it sees. */
export const checkMonitoring: Check = ({ expect }, { monitoring }) => {
  const level = expect.alerts.length > 0 ? 'inconclusive' : 'warning';
  if (!monitoring) {
    const message = 'nothing watches this environment: it has no release kube-prometheus-stack';
    return [{ check: 'monitoring', level, link: 'pending', message, fix: ['add the release kube-prometheus-stack'] }];
  }
  const { prometheus, alertmanager, inbox } = monitoring;
  const silent = (
    [
      ['pending', prometheus],
      ['grouped', alertmanager],
      ['delivered', inbox],
    ] as const
  ).flatMap(([link, asked]): Finding[] => {
    const message = problemOf(asked);
    return message === undefined
      ? []
      : [{ check: 'monitoring', level, link, message, fix: ['see `platform status`', 'run `platform up`'] }];
  });
  if (silent.length === 0)
    silent.push({ check: 'monitoring', level: 'ok', message: 'Prometheus, Alertmanager and the inbox answer' });
  const facts = answerOf(prometheus);
  if (!facts) return silent;
  return [
    ...silent,
    ...handsOver(facts.alertmanagers, expect.alerts.length > 0),
    ...hasItsConfiguration(facts.runtime.reloadConfigSuccess),
  ];
};

function handsOver(alertmanagers: readonly string[], expectsAlerts: boolean): readonly Finding[] {
  if (alertmanagers.length > 0) {
    return [{ check: 'hand-over', level: 'ok', message: `Prometheus hands its alerts to ${alertmanagers.join(', ')}` }];
  }
  return [
    {
      check: 'hand-over',
      level: expectsAlerts ? 'weakness' : 'warning',
      link: 'firing',
      message: 'Prometheus hands its alerts to no Alertmanager',
      fix: ['see the section alerting of its configuration, and whether Alertmanager has a ready pod'],
    },
  ];
}

function hasItsConfiguration(isLoaded: boolean): readonly Finding[] {
  if (isLoaded) return [];
  const message = 'Prometheus has refused its newest configuration and goes on with the one before';
  return [{ check: 'configuration', level: 'warning', message, fix: ['see the log of Prometheus'] }];
}
