import type { ContainerEngine, EngineCall } from '../../containers/engine.js';
import { PlatformError } from '../../errors.js';
import type { Processes } from '../../process.js';
import { kindNetwork } from './node-containers.js';

/** kind has no label on its network, but always derives this subnet from the name (ULA of `kind`, first attempt). */
const kindSubnet = 'fc00:f853:ccd:e793::/64';

/**
 * Removes kind's network once nothing needs it: kind itself leaves it for ever.
 * @returns whether it was removed
 */
export async function removeUnusedNetwork(
  engine: ContainerEngine,
  processes: Processes,
  call: EngineCall & { readonly signal: AbortSignal },
): Promise<boolean> {
  const network = await engine.network(kindNetwork, call);
  if (!network?.subnets.includes(kindSubnet) || network.containers.length > 0) return false;
  // A stopped container is on it too, though the network does not say so, and could never start again.
  const filter = ['ps', '--all', '--quiet', '--filter', `network=${kindNetwork}`];
  const { stdout } = await processes.run(engine.name, filter, { signal: call.signal });
  if (stdout.trim() !== '') return false;
  try {
    await engine.removeNetwork(kindNetwork, call);
    return true;
  } catch (error) {
    call.signal.throwIfAborted();
    // Somebody has come meanwhile, or the engine keeps it: an unused network costs nothing, the cluster is gone.
    if (error instanceof PlatformError) return false;
    throw error;
  }
}
