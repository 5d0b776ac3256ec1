import { formatDuration } from '../../clock.js';
import type { AlertSighting } from '../record.js';
import { countedSince, failureOf } from './counted.js';
import { evidenceOf, missingNames, missingOf } from './delivery-evidence.js';
import type { ChainInput, Evidence } from './evidence.js';
import { integrationsOf, toldBy, wantedReceivers, type Told } from './integrations.js';
import { othersCleared } from './others-of-name.js';
import { silenceOf } from './silent.js';
import { prometheusRestarted } from '../words.js';
import { sightingOf } from './sighting.js';

/**
 * That who was told of an alert was told of its end, after the fault was taken back, and that whatever else fired under its
 * name is over.
 */
export function resolutionEvidence(alert: string, input: ChainInput): Evidence {
  const name = 'resolved';
  const { observations, marks, isWatched } = input;
  if (isWatched === false) return { name, alert, status: 'unobserved', detail: 'nothing watches this environment' };
  const restoredAt = marks.restoredAt ?? marks.loadEndedAt;
  const sighting = sightingOf(alert, observations);
  if (restoredAt === undefined || !sighting) return { name, alert };

  const receivers = wantedReceivers(sighting, input);
  const { endedAt } = sighting;
  const told = integrationsOf(receivers, 'resolved', input).map((one) =>
    toldBy(
      one,
      { sightings: [sighting], status: 'resolved', since: restoredAt },
      { since: endedAt ?? Infinity },
      input,
    ),
  );
  const whyNot = () =>
    endedAt === undefined ? whyNotEnded(alert, input) : whyNotTold(alert, sighting, endedAt, restoredAt, told, input);
  const evidence = evidenceOf(told, () => undefined, whyNot);
  return { name, alert, ...withOthers(evidence, othersCleared(sighting, restoredAt, input)) };
}

type Known = Pick<Evidence, 'at' | 'status' | 'detail' | 'cause'>;

/** It is over when the last one is. */
function withOthers(evidence: Known, others: readonly Pick<Evidence, 'at' | 'cause'>[]): Known {
  const left = others.find(({ at }) => at === undefined);
  if (left) return { cause: evidence.at === undefined ? (evidence.cause ?? left.cause) : left.cause };
  if (evidence.at === undefined) return evidence;
  return { ...evidence, at: Math.max(evidence.at, ...others.map(({ at = 0 }) => at)) };
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
  told: readonly Told[],
  input: ChainInput,
): string {
  const { observations } = input;
  const receivers = wantedReceivers(sighting, input);
  if (endedAt < restoredAt) {
    return `${alert} ended ${formatDuration(restoredAt - endedAt)} before the fault was taken back`;
  }
  const counted = missingOf(told, countedSince(endedAt, observations.notifications, receivers));
  const failures = counted.flatMap((one) => failureOf(one) ?? []);
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
  const toWhom = told.some(({ at }) => at !== undefined) ? `by ${missingNames(told)}` : `to ${receivers.join(' and ')}`;
  return (
    silenceOf('alertmanager', endedAt, observations) ??
    silenceOf('inbox', endedAt, observations) ??
    `${alert} ended, but Alertmanager has sent nothing of it ${toWhom}: is send_resolved on?`
  );
}
