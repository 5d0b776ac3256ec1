import { boundsOf, findAutoscaler, type AutoscalerBounds } from '../autoscaling/autoscaler.js';
import { interference } from '../autoscaling/interference.js';
import { sampleAutoscaler } from '../autoscaling/sample.js';
import type { AutoscalerExpectation } from '../drill.js';
import type { Ledger } from '../observe/ledger.js';
import type { Watcher } from '../observe/watcher.js';
import type { World } from '../world.js';

/** The controller looks every 15 s; pods get ready in between. */
const everyMs = 1_000;

export interface ScalingWatcherOptions {
  readonly ledger: Ledger;
  /** As it was looked at before the drill. */
  readonly bounds: AutoscalerBounds;
  /** Somebody else changed it: whatever it does from now on says nothing. */
  readonly onDisturbed: (what: string) => void;
}

/** Samples an autoscaler while a drill is observed. */
export function scalingWatcher(
  name: AutoscalerExpectation,
  { client, clock }: Pick<World, 'client' | 'clock'>,
  { ledger, bounds, onDisturbed }: ScalingWatcherOptions,
): Watcher {
  return {
    name: 'autoscaler',
    who: 'api-server',
    everyMs,
    async look(signal) {
      const found = await findAutoscaler(client, name, signal);
      const [disturbance] = interference(bounds, found && boundsOf(found));
      if (disturbance !== undefined) onDisturbed(disturbance);
      if (found) ledger.put('autoscaler', await sampleAutoscaler(client, found, clock, signal));
    },
  };
}
