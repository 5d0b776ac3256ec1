import { nearest } from '../../../nearest.js';
import type { Destination, Routing } from '../../../monitoring/routing.js';
import type { Finding } from '../../record.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';
import { destinationsOf } from '../destinations.js';
import { expectedAlerts } from '../expected-alerts.js';

const check = 'route';
const fix = ["see route in Alertmanager's configuration, and try it with `amtool config routes test`"];

/** Whether each expected alert goes to the receiver that the drill names, or to anybody at all. */
export const checkRoutes: Check = (drill, { monitoring }) => {
  const prometheus = answerOf(monitoring?.prometheus);
  const alertmanager = answerOf(monitoring?.alertmanager);
  if (!prometheus || !alertmanager) return [];
  const { routing } = alertmanager;
  const { receiver } = drill.expect;
  if (
    receiver !== undefined &&
    drill.expect.alerts.length > 0 &&
    !routing.receivers.some((each) => each.name === receiver)
  )
    return [unknownReceiver(receiver, routing)];
  return expectedAlerts(drill, prometheus)
    .filter(({ rules }) => rules.length > 0)
    .flatMap((alert) => {
      const destinations = destinationsOf(alert, routing);
      return receiver === undefined
        ? reachesAnybody(alert.name, destinations, routing)
        : reaches(alert.name, receiver, destinations, routing);
    });
};

function unknownReceiver(receiver: string, { receivers }: Routing): Finding {
  const names = receivers.map(({ name }) => name);
  const near = nearest(receiver, names);
  return {
    check,
    level: 'weakness',
    link: 'routed',
    message: `Alertmanager has no receiver ${receiver}`,
    fix: [near === undefined ? `it has ${names.join(', ')}` : `did you mean ${near}?`],
  };
}

function reaches(
  alert: string,
  receiver: string,
  destinations: readonly Destination[],
  routing: Routing,
): readonly Finding[] {
  const going = destinations.filter(({ route }) => route.receiver === receiver);
  if (going.length === 0) {
    const message = `${alert} is routed to ${namesOf(destinations)}, not to ${receiver}`;
    return [{ check, level: 'weakness', link: 'routed', message, fix }];
  }
  if (isMute(receiver, routing)) return [mute(alert, receiver)];
  if (going.some(({ certainty }) => certainty === 'yes')) {
    return [{ check, level: 'ok', message: `${alert} is routed to ${namesOf(destinations)}` }];
  }
  const message = `whether ${alert} is routed to ${receiver} depends on labels that are not known yet; it may be ${namesOf(destinations)}`;
  return [{ check, level: 'warning', link: 'routed', message, fix }];
}

function reachesAnybody(alert: string, destinations: readonly Destination[], routing: Routing): readonly Finding[] {
  const mutes = destinations.filter(({ route }) => isMute(route.receiver, routing));
  if (mutes.length === 0) return [{ check, level: 'ok', message: `${alert} is routed to ${namesOf(destinations)}` }];
  if (mutes.length === destinations.length) return [mute(alert, namesOf(mutes))];
  const message = `${alert} is routed to ${namesOf(destinations)}, and ${namesOf(mutes)} tells nobody`;
  return [{ check, level: 'note', link: 'routed', message }];
}

function mute(alert: string, receiver: string): Finding {
  const message = `${alert} is routed to ${receiver}, which has no integration and tells nobody`;
  return { check, level: 'weakness', link: 'routed', message, fix };
}

function isMute(receiver: string, { receivers }: Routing): boolean {
  return receivers.find(({ name }) => name === receiver)?.integrations.length === 0;
}

function namesOf(destinations: readonly Destination[]): string {
  return [...new Set(destinations.map(({ route }) => route.receiver))].join(' and ');
}
