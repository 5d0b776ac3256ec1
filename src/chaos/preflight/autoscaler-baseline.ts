import { formatDuration } from '../../clock.js';
import { writeDuration } from '../../duration.js';
import type { Finding } from '../record.js';
import type { Autoscaler } from '../autoscaling/autoscaler.js';

/** How long an autoscaler remembers what it wanted before it scales down, where it does not say (kube-controller-manager). */
const defaultWindowSeconds = 300;

/**
 * Whether an autoscaler stands still: the tail of an earlier load would be taken for the original count.
 * @param at milliseconds since the epoch, by the cluster's clock
 */
export function baselineOf({ spec, status }: Autoscaler, subject: string, at: number): readonly Finding[] {
  const { currentReplicas, desiredReplicas, lastScaleTime } = status;
  const conditions = status.conditions ?? [];
  const windowMs = (spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? defaultWindowSeconds) * 1000;
  const unsettled = (message: string, waitMs: number): readonly Finding[] => [
    {
      check: 'autoscaler-baseline',
      level: 'inconclusive',
      message: `${subject} does not stand still: ${message}`,
      fix: [`try again in ${formatDuration(Math.max(waitMs, 1_000))}`],
    },
  ];
  // Without a status nothing has looked at it yet, which its conditions tell.
  if (conditions.length === 0) return [];
  if (currentReplicas !== desiredReplicas) {
    return unsettled(`it has ${String(currentReplicas)} replicas and wants ${String(desiredReplicas)}`, windowMs);
  }
  const sinceMs = lastScaleTime ? at - Date.parse(lastScaleTime) : Infinity;
  const isHeld = conditions.some(({ type, reason }) => type === 'AbleToScale' && reason === 'ScaleDownStabilized');
  if (isHeld) {
    const waitMs = sinceMs < windowMs ? windowMs - sinceMs : windowMs;
    return unsettled(`it holds ${String(currentReplicas)} replicas though it needs fewer`, waitMs);
  }
  // At its minimum there is no tail that could follow.
  if (sinceMs >= windowMs || currentReplicas <= spec.minReplicas) return [];
  const ago = `it scaled ${formatDuration(Math.max(sinceMs, 0))} ago and may scale down for ${writeDuration(windowMs)}`;
  return unsettled(ago, windowMs - sinceMs);
}
