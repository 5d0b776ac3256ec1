import type { Fault } from '../drill.js';
import type { World } from '../world.js';
import { planCut } from './cut.js';
import { planDrain } from './drain.js';
import { planKill } from './kill.js';
import type { PlannedFault } from './planned-fault.js';
import { planScale } from './scale.js';
import { planSimulatedLoad } from './simulated-load.js';

/**
 * What a fault would change in the world as it is now; changes nothing. A load is only simulated here: a real one is
 * made by its tool and changes nothing in the cluster.
 * @throws PlatformError `conflict` when the fault cannot be, or would change nothing
 */
export function planFault(
  fault: Fault,
  run: string,
  world: Pick<World, 'client' | 'clock' | 'provider'>,
  signal: AbortSignal,
): Promise<PlannedFault> {
  const options = { run, signal };
  switch (fault.type) {
    case 'scale':
      return planScale(fault, options, world);
    case 'kill':
      return planKill(fault, options, world);
    case 'drain':
      return planDrain(fault, options, world);
    case 'cut':
      return planCut(fault, options, world);
    case 'load':
      return world.provider.simulation === undefined
        ? Promise.resolve(realLoad(world))
        : planSimulatedLoad(fault, options, world);
  }
}

function realLoad({ clock }: Pick<World, 'clock'>): PlannedFault {
  return {
    changes: [],
    grants: [],
    inject(_, onDone) {
      onDone?.(clock.now());
      return Promise.resolve({ detail: 'the load began, made from this machine' });
    },
  };
}
