import type { AutoscalerBounds } from './autoscaler.js';

/** What somebody else did to an autoscaler since it was looked at; absent is an autoscaler that is there no longer. */
export function interference(before: AutoscalerBounds, now: AutoscalerBounds | undefined): readonly string[] {
  if (!now) return ['somebody deleted the autoscaler during the drill'];
  if (now.uid !== before.uid) return ['somebody replaced the autoscaler during the drill'];
  return (['minimum', 'maximum'] as const)
    .filter((bound) => now[bound] !== before[bound])
    .map((bound) => `somebody changed its ${bound} from ${String(before[bound])} to ${String(now[bound])}`);
}
