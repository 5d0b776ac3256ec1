import {
  onlyOneWith,
  receiverNames,
  receiversByName,
  type Integration,
  type Receiver,
} from '../../../monitoring/receivers.js';
import type { Finding } from '../../record.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';
import { destinationsOf } from '../destinations.js';
import { expectedAlerts } from '../expected-alerts.js';
import type { AlertmanagerFacts } from '../facts/alertmanager.js';

const check = 'send-resolved';

/** What the inbox can get; what other integrations send is in Alertmanager's counters only. */
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
    return receiver && receiver.integrations.length > 0 ? toldOfTheEnd(receiver, alertmanager) : [];
  });
};

function toldOfTheEnd(receiver: Receiver, alertmanager: AlertmanagerFacts): readonly Finding[] {
  const { name, integrations } = receiver;
  const unknown = unknownKinds(receiver, alertmanager);
  if (unknown.length > 0) return [untold(name, unknown)];
  const counted = kindsOf(integrations.filter(({ kind }) => !visible.includes(kind)));
  const message = `${name} is told by ${counted.join(' and ')}: seen by Alertmanager's counters only`;
  const note: Finding = { check, level: 'note', link: 'delivered', message };
  return [sendsResolved(receiver), ...(counted.length > 0 ? [note] : [])];
}

/** Kinds of integrations of which nobody can know whether this receiver was told. A webhook says it itself. */
function unknownKinds({ name, integrations }: Receiver, { routing, namesReceivers }: AlertmanagerFacts) {
  if (namesReceivers) return [];
  const receivers = receiversByName(routing.receivers);
  return kindsOf(integrations.filter(({ kind }) => kind !== 'webhook' && onlyOneWith(kind, receivers) !== name));
}

function untold(name: string, kinds: readonly string[]): Finding {
  const all = kinds.join(' and ');
  return {
    check,
    level: 'inconclusive',
    link: 'delivered',
    message: `whether ${name} is told by ${all} cannot be known: Alertmanager counts ${all} of all receivers together while its feature ${receiverNames.feature} is off`,
    fix: [receiverNames.fix],
  };
}

function sendsResolved({ name, integrations }: Receiver): Finding {
  const silent = kindsOf(integrations.filter((one) => !one.sendsResolved));
  if (silent.length === 0) return { check, level: 'ok', message: `${name} is told of an alert's end, too` };
  const everywhere = integrations.every((one) => !one.sendsResolved);
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

function kindsOf(integrations: readonly Integration[]): readonly string[] {
  return [...new Set(integrations.map(({ kind }) => kind))];
}
