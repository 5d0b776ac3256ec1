import type { Receiver } from '../../../monitoring/receivers.js';
import type { Finding } from '../../record.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';
import { destinationsOf } from '../destinations.js';
import { expectedAlerts } from '../expected-alerts.js';

/** What arrives in the inbox; of other integrations nobody here sees what they send. */
const visible = ['webhook', 'slack'];

/** Whether those who are told of an alert are told of its end, too. */
export const checkResolvedMessages: Check = (drill, { monitoring }) => {
  const prometheus = answerOf(monitoring?.prometheus);
  const alertmanager = answerOf(monitoring?.alertmanager);
  if (!prometheus || !alertmanager) return [];
  const { routing } = alertmanager;
  const receivers = expectedAlerts(drill, prometheus)
    .flatMap((alert) => destinationsOf(alert, routing))
    .map(({ route }) => route.receiver)
    .filter((name) => drill.expect.receiver === undefined || name === drill.expect.receiver);
  return [...new Set(receivers)].flatMap((name) => {
    const receiver = routing.receivers.find((each) => each.name === name);
    return receiver && receiver.integrations.length > 0 ? [toldOfTheEnd(receiver)] : [];
  });
};

function toldOfTheEnd({ name, integrations }: Receiver): Finding {
  const check = 'send-resolved';
  const seen = integrations.filter(({ kind }) => visible.includes(kind));
  const silent = [...new Set(seen.filter(({ sendsResolved }) => !sendsResolved).map(({ kind }) => kind))];
  if (seen.length === 0) {
    const kinds = integrations.map(({ kind }) => kind).join(', ');
    return {
      check,
      level: 'inconclusive',
      link: 'delivered',
      message: `${name} is told by ${kinds}, and the inbox sees only ${visible.join(' and ')}`,
      fix: ['add a route with `continue: true` to the inbox'],
    };
  }
  if (silent.length === 0) return { check, level: 'ok', message: `${name} is told of an alert's end, too` };
  const everywhere = seen.every(({ sendsResolved }) => !sendsResolved);
  return {
    check,
    level: everywhere ? 'weakness' : 'warning',
    link: 'resolved',
    message: `${name} is not told by ${silent.join(' and ')} that an alert is over: send_resolved is off`,
    fix: [
      `set send_resolved: true in ${silent.map((kind) => `${kind}_configs`).join(' and ')} of the receiver ${name}`,
    ],
  };
}
