import { sampleAutoscaler } from '../autoscaling/sample.js';
import type { AutoscalerExpectation } from '../drill.js';
import type { Ledger } from '../observe/ledger.js';
import type { Watcher } from '../observe/watcher.js';
import type { World } from '../world.js';

/** The controller looks every 15 s; pods get ready in between. */
const everyMs = 1_000;

/** Samples an autoscaler while a drill is observed. */
export function scalingWatcher(
  autoscaler: AutoscalerExpectation,
  { client, clock }: Pick<World, 'client' | 'clock'>,
  ledger: Ledger,
): Watcher {
  return {
    name: 'autoscaler',
    who: 'api-server',
    everyMs,
    async look(signal) {
      ledger.put('autoscaler', await sampleAutoscaler(client, autoscaler, clock, signal));
    },
  };
}
