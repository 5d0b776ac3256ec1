import type { ChainInput } from './evidence.js';

/** What others did while the fault lasted: they set the target's replicas, deleted it, restarted Prometheus. */
export function meanwhile({ drill: { fault }, observations, marks }: ChainInput): string | undefined {
  const { faultAt, restoredAt = Infinity } = marks;
  if (faultAt === undefined) return undefined;
  const incident = observations.incidents.find(({ at }) => at >= faultAt && at < restoredAt);
  if (incident) return incident.message;
  if (fault.type !== 'scale') return undefined;
  const during = observations.target.filter(({ at }) => at >= faultAt && at < restoredAt);
  const taken = during.findIndex(({ wanted }) => wanted === fault.replicas);
  const other = taken === -1 ? undefined : during.slice(taken).find(({ wanted }) => wanted !== fault.replicas);
  return other && `somebody set ${fault.target.name} to ${replicas(other.wanted)} while the fault lasted`;
}

function replicas(count: number): string {
  return count === 1 ? '1 replica' : `${String(count)} replicas`;
}
