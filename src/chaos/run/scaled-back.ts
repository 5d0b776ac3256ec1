import { formatDuration, type Clock } from '../../clock.js';
import { scalingSlackMs } from '../autoscaling/slack.js';
import type { Narrator } from '../narrator.js';
import type { AutoscalerSample, PredictedScaling } from '../record.js';

/** How much longer than predicted an autoscaler is waited for, as a share: its controller looks every 15 s only. */
const patience = 0.5;
/** On top, since it is sampled now and then only, in milliseconds. */
const lastSampleMs = 2_000;

export interface ScaledBackOptions {
  readonly clock: Clock;
  readonly narrator: Narrator;
  /** When the load ended, in milliseconds since the epoch. */
  readonly since: number;
  readonly lastSample: () => AutoscalerSample | undefined;
  /** Resolves when there may be something new; rejects when the drill is over. */
  readonly next: () => Promise<void>;
}

/** Waits until an autoscaler is back where it was before the load, or until it can be said that it is late. */
export async function awaitScaledBack(
  { original, down, because }: PredictedScaling,
  { clock, narrator, since, lastSample, next }: ScaledBackOptions,
): Promise<void> {
  narrator.start('scaled', `back to ${String(original)}: ${because}`);
  const predictedMs = down.at(-1)?.afterMs ?? 0;
  const until = since + predictedMs + Math.max(predictedMs * patience, scalingSlackMs) + lastSampleMs;
  while (clock.now() < until) {
    const last = lastSample();
    if (last?.current === original && last.desired === original) break;
    const within = formatDuration(predictedMs);
    narrator.progress('scaled', `${replicas(last)}; ${String(original)} are predicted within ${within}`);
    await next();
  }
  narrator.finish('scaled', 'done', { detail: replicas(lastSample()) });
}

function replicas(sample: AutoscalerSample | undefined): string {
  return sample ? `${String(sample.current)} replicas, wants ${String(sample.desired)}` : 'nothing was seen of it';
}
