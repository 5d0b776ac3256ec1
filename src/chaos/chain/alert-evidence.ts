import type { AlertSighting } from '../record.js';
import { deliveryEvidence } from './delivery-evidence.js';
import type { ChainInput, Evidence } from './evidence.js';
import { sightingOf } from './sighting.js';
import { whyNotFiring, whyNotGrouped, whyNotPending, whyNotRouted } from './why-not-fired.js';

const names = ['pending', 'firing', 'grouped', 'routed', 'delivered'] as const;

/** The way of one expected alert, from its rule to whoever is to be told. */
export function alertEvidence(alert: string, input: ChainInput): Evidence[] {
  if (input.isWatched === false) {
    const detail = 'nothing watches this environment';
    return names.map((name) => ({ name, alert, status: 'unobserved', detail }));
  }
  if (input.marks.faultAt === undefined) return names.map((name) => ({ name, alert }));
  const sighting = sightingOf(alert, input.observations);
  return [
    pending(alert, sighting, input),
    firing(alert, sighting, input),
    grouped(alert, sighting, input),
    routed(alert, sighting, input),
    deliveryEvidence(alert, sighting, input),
  ];
}

function pending(alert: string, sighting: AlertSighting | undefined, input: ChainInput): Evidence {
  const name = 'pending';
  if (!sighting) return { name, alert, cause: whyNotPending(alert, input) };
  const { pendingAt, firingAt } = sighting;
  if (pendingAt !== undefined) return { name, alert, at: pendingAt, detail: 'activeAt of Prometheus' };
  // Alertmanager had it from a Prometheus that nobody could ask.
  return { name, alert, ...(firingAt !== undefined && { at: firingAt }), detail: 'no later than it fired' };
}

function firing(alert: string, sighting: AlertSighting | undefined, input: ChainInput): Evidence {
  const name = 'firing';
  if (sighting?.firingAt === undefined) return { name, alert, cause: whyNotFiring(alert, sighting, input) };
  const isTold = sighting.groupedAt !== undefined;
  return {
    name,
    alert,
    at: sighting.firingAt,
    detail: isTold ? 'startsAt of Alertmanager' : 'when Prometheus was first seen to have it firing',
  };
}

function grouped(alert: string, sighting: AlertSighting | undefined, input: ChainInput): Evidence {
  const name = 'grouped';
  if (sighting?.groupedAt === undefined) return { name, alert, cause: whyNotGrouped(sighting, input) };
  const { joined = [] } = sighting;
  const detail = joined.length > 0 ? `in a group with ${joined.join(', ')}` : 'first seen in Alertmanager';
  return { name, alert, at: sighting.groupedAt, detail };
}

function routed(alert: string, sighting: AlertSighting | undefined, input: ChainInput): Evidence {
  const name = 'routed';
  if (sighting?.groupedAt === undefined) return { name, alert };
  const cause = whyNotRouted(sighting, input);
  if (cause !== undefined) return { name, alert, cause };
  const detail = `to ${input.drill.expect.receiver ?? sighting.receivers.join(', ')}`;
  return { name, alert, at: sighting.groupedAt, detail };
}
