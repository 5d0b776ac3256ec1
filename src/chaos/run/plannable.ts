import { messageOf, PlatformError } from '../../errors.js';
import type { Drill } from '../drill.js';
import { planFault } from '../faults/plan-fault.js';
import type { Finding } from '../record.js';
import type { World } from '../world.js';

/** Names nothing: what is planned here is never done. */
const noRun = 'look';

/** Why the fault could not be made in the world as it is now; that it could says nothing. */
export async function plannable({ fault }: Drill, world: World, signal: AbortSignal): Promise<readonly Finding[]> {
  try {
    await planFault(fault, noRun, world, signal);
    return [];
  } catch (error) {
    signal.throwIfAborted();
    const isRefused = error instanceof PlatformError;
    return [
      {
        check: 'fault',
        level: isRefused ? 'refused' : 'inconclusive',
        link: 'fault',
        message: messageOf(error),
        ...(isRefused && error.suggestions.length > 0 && { fix: error.suggestions }),
      },
    ];
  }
}
