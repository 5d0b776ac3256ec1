import { formatDuration } from '../../clock.js';
import type { AlertSighting } from '../record.js';
import type { ChainInput } from './evidence.js';
import { meanwhile } from './meanwhile.js';
import { prometheusRestarted } from '../words.js';
import { silenceOf } from './silent.js';

/** Why an alert's rule was never true, after a fault was made. */
export function whyNotPending(alert: string, input: ChainInput): string {
  const { observations, marks } = input;
  const { faultAt = 0 } = marks;
  const before = observations.alerts.find(
    ({ name, isBaseline, endedAt = Infinity }) => name === alert && isBaseline && endedAt > faultAt,
  );
  if (before) return `${alert} was there before the fault, so it proves nothing`;
  const reason = meanwhile(input) ?? silenceOf('prometheus', faultAt, observations);
  const rule = observations.rules.find((found) => found.alert === alert);
  if (!rule) return reason ?? `Prometheus was not asked for the rule ${alert}`;
  if (!rule.exists) return `no rule is called ${alert}`;
  if (rule.health === 'err') return `rule ${alert} fails: ${rule.lastError ?? 'Prometheus does not say why'}`;
  if (rule.health === 'unknown' || rule.state === 'unknown') return `rule ${alert} was not evaluated`;
  return reason ?? `rule ${alert} was never pending: its expression returned nothing`;
}

/** Why an alert that was pending did not fire. */
export function whyNotFiring(
  alert: string,
  sighting: AlertSighting | undefined,
  input: ChainInput,
): string | undefined {
  const { observations, now, marks } = input;
  if (sighting?.pendingAt === undefined) return undefined;
  const { pendingAt, endedAt } = sighting;
  const forMs = observations.rules.find((rule) => rule.alert === alert)?.forMs;
  const ofFor = forMs === undefined ? '' : ` of the ${formatDuration(forMs)} of its \`for\``;
  if (endedAt === undefined) {
    return (
      meanwhile(input) ??
      silenceOf('prometheus', pendingAt, observations) ??
      `${alert} was still pending after ${formatDuration((marks.endedAt ?? now) - pendingAt)}${ofFor}`
    );
  }
  const fellBack = `${alert} was pending but never fired: it fell back after ${formatDuration(endedAt - pendingAt)}${ofFor}`;
  const reason = meanwhile(input);
  return reason === undefined ? fellBack : `${fellBack}; ${reason}`;
}

/** Why Alertmanager never had an alert that fired. */
export function whyNotGrouped(sighting: AlertSighting | undefined, { observations }: ChainInput): string | undefined {
  if (sighting?.firingAt === undefined) return undefined;
  const silence = silenceOf('alertmanager', sighting.firingAt, observations);
  // In its first seconds it knows no Alertmanager, and what fired then it tells only a minute later.
  const restart = observations.incidents.find(({ message }) => message === prometheusRestarted)?.message;
  return `fired, but ${silence ?? restart ?? 'Prometheus did not hand it over: Alertmanager never had it'}`;
}

/** Why an alert does not go to whom it should. */
export function whyNotRouted(
  { receivers: routedTo }: AlertSighting,
  { drill, receivers }: ChainInput,
): string | undefined {
  const { receiver } = drill.expect;
  // Its usual name, where the configuration is not known.
  const isEmpty = (name: string) => (receivers ? receivers[name]?.length === 0 : name === 'null');
  const shown = routedTo.map((name) => (isEmpty(name) ? `${name}, which has no integrations` : name)).join(' and ');
  if (routedTo.length === 0) return 'in Alertmanager, but in no group of any receiver';
  if (receiver !== undefined && !routedTo.includes(receiver)) return `routed to ${shown}, not to ${receiver}`;
  const wanted = receiver === undefined ? routedTo : [receiver];
  return wanted.every(isEmpty) ? `routed to ${shown}` : undefined;
}
