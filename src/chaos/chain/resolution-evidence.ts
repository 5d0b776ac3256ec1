import { formatDuration } from '../../clock.js';
import type { AlertSighting } from '../record.js';
import { countedSince, failureOf } from './counted.js';
import { arrival, countersOf, inboxLagMs, leadsToInbox, wantedReceivers } from './delivery-evidence.js';
import type { ChainInput, Evidence } from './evidence.js';
import { silenceOf } from './silent.js';
import { prometheusRestarted } from '../words.js';
import { sightingOf } from './sighting.js';

/** That who was told of an alert was told of its end, after the fault was taken back. */
export function resolutionEvidence(alert: string, input: ChainInput): Evidence {
  const name = 'resolved';
  const { observations, marks, isWatched } = input;
  if (isWatched === false) return { name, alert, status: 'unobserved', detail: 'nothing watches this environment' };
  const restoredAt = marks.restoredAt ?? marks.loadEndedAt;
  const sighting = sightingOf(alert, observations);
  if (restoredAt === undefined || !sighting) return { name, alert };

  const receivers = wantedReceivers(sighting, input);
  const arrived = arrival(alert, 'resolved', receivers, restoredAt, observations);
  if (arrived) return { name, alert, at: arrived.at, detail: `arrived in the inbox as ${arrived.kind}` };
  const { endedAt } = sighting;
  if (endedAt === undefined) return { name, alert, cause: whyNotEnded(alert, input) };
  const sent = countedSince(endedAt, observations.notifications, receivers).find(
    ({ sentAt }) => sentAt !== undefined && input.now - sentAt >= inboxLagMs,
  );
  if (sent?.sentAt !== undefined && !leadsToInbox(receivers, observations)) {
    return { name, alert, at: sent.sentAt, detail: countersOf(sent) };
  }
  return { name, alert, cause: whyNotTold(alert, sighting, endedAt, restoredAt, input) };
}

function whyNotEnded(alert: string, { observations, marks, now }: ChainInput): string {
  const { restoredAt = now } = marks;
  const since = formatDuration((marks.endedAt ?? now) - restoredAt);
  return (
    silenceOf('prometheus', restoredAt, observations) ??
    `${alert} is still there ${since} after the fault was taken back`
  );
}

function whyNotTold(
  alert: string,
  sighting: AlertSighting,
  endedAt: number,
  restoredAt: number,
  input: ChainInput,
): string {
  const { observations } = input;
  const receivers = wantedReceivers(sighting, input);
  if (endedAt < restoredAt) {
    return `${alert} ended ${formatDuration(restoredAt - endedAt)} before the fault was taken back`;
  }
  const failures = countedSince(endedAt, observations.notifications, receivers).flatMap((one) => failureOf(one) ?? []);
  if (failures.length > 0) return failures.join('; ');
  const mute = receivers.flatMap((name) => (input.receivers?.[name] ?? []).map((one) => ({ name, ...one })));
  if (mute.length > 0 && mute.every(({ sendsResolved }) => !sendsResolved)) {
    const where = mute.map(({ kind, name }) => `${kind} of "${name}"`).join(', ');
    return `${alert} ended, but nobody is told of it: send_resolved is off for ${where}`;
  }
  const { firingAt = endedAt } = sighting;
  // A new Prometheus does not know what the old one had Alertmanager told of.
  const restart = observations.incidents.find(({ at, message }) => at >= firingAt && message === prometheusRestarted);
  if (restart) return `${alert} ended, and Alertmanager was not told of it: ${restart.message}`;
  return (
    silenceOf('alertmanager', endedAt, observations) ??
    silenceOf('inbox', endedAt, observations) ??
    `${alert} ended, but Alertmanager has sent nothing of it to ${receivers.join(' and ')}: is send_resolved on?`
  );
}
