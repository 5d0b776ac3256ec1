import type { Clock } from '../../clock.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { resourcePath } from '../../kubernetes/resource-path.js';
import type { AutoscalerSample } from '../record.js';
import { cpuOf, type Autoscaler } from './autoscaler.js';

/** What an autoscaler that was just read says and does. */
export async function sampleAutoscaler(
  client: Pick<ClusterClient, 'get'>,
  autoscaler: Autoscaler,
  clock: Clock,
  signal: AbortSignal,
): Promise<AutoscalerSample> {
  const at = clock.now();
  const { status } = autoscaler;
  const { current: cpu, target } = cpuOf(autoscaler);
  return {
    at,
    desired: status.desiredReplicas,
    current: status.currentReplicas,
    ready: await readyReplicas(client, autoscaler, signal),
    ...(cpu !== undefined && { cpu }),
    ...(target !== undefined && { target }),
    conditions: unusual(status.conditions ?? []),
  };
}

async function readyReplicas(
  client: Pick<ClusterClient, 'get'>,
  { metadata: { namespace }, spec: { scaleTargetRef } }: Autoscaler,
  signal: AbortSignal,
): Promise<number> {
  const { apiVersion, kind, name } = scaleTargetRef;
  const path = resourcePath({ apiVersion, kind, metadata: { namespace, name } });
  const target = await client.get<{ readonly status?: { readonly readyReplicas?: number } }>(path, signal);
  return target?.status?.readyReplicas ?? 0;
}

type Conditions = NonNullable<Autoscaler['status']['conditions']>;

/** It is at its minimum most of the time, and says so as a limit. */
const usualLimits = ['DesiredWithinRange', 'TooFewReplicas'];

function unusual(conditions: Conditions): string[] {
  return conditions
    .filter(({ type, status, reason = '' }) => {
      if (type === 'ScalingLimited') return status === 'True' && !usualLimits.includes(reason);
      return status !== 'True' || reason.endsWith('Stabilized');
    })
    .map(({ type, status, reason }) => `${type}=${status}${reason === undefined ? '' : ` (${reason})`}`);
}
