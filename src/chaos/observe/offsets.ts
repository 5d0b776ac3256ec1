import type { ClusterClient } from '../../kubernetes/client.js';
import type { Prometheus } from '../../monitoring/prometheus.js';
import type { Clock } from '../../clock.js';

/** How much somebody's clock is ahead of ours. */
export interface ClockOffset {
  /** Milliseconds; 0 where it differs by less than can be told. */
  readonly ms: number;
  /** It may be this much more or less. */
  readonly uncertaintyMs: number;
}

/** By the moment that Prometheus takes for now when it is given none; exact to half of the time the answer takes. */
export async function prometheusOffset(
  prometheus: Pick<Prometheus, 'query'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<ClockOffset> {
  const asked = clock.now();
  const [sample] = await prometheus.query('time()', undefined, signal);
  const answered = clock.now();
  if (sample === undefined) throw new Error('Prometheus does not say what time it has');
  return offsetOf(sample.at, asked, answered, 0);
}

/** By the creation of an object that is only tried; Kubernetes' moments are whole seconds. */
export async function apiServerOffset(
  client: Pick<ClusterClient, 'dryRun'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<ClockOffset> {
  const resolutionMs = 1000;
  const asked = clock.now();
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'platform-clock-' } };
  const path = '/api/v1/namespaces/default/configmaps';
  const { metadata } = await client.dryRun({ method: 'POST', path, body }, signal);
  const answered = clock.now();
  const created = Date.parse(metadata.creationTimestamp ?? '');
  if (Number.isNaN(created)) throw new Error('the API server does not say what time it has');
  return offsetOf(created + resolutionMs / 2, asked, answered, resolutionMs);
}

function offsetOf(told: number, asked: number, answered: number, resolutionMs: number): ClockOffset {
  const uncertaintyMs = (answered - asked + resolutionMs) / 2;
  const ms = told - (asked + answered) / 2;
  const smallest = Math.max(uncertaintyMs, resolutionMs);
  return { ms: Math.abs(ms) < smallest ? 0 : Math.round(ms), uncertaintyMs };
}
