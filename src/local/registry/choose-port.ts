import type { PortSetting } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import type { Processes } from '../../process.js';
import { describePortOwner, isPortFree, portOwner } from '../ports.js';

/** How far from the port that is meant another one is looked for. */
const portsTried = 100;

/**
 * A free port of 127.0.0.1: the one that is set, or where nobody insists on it the next free one.
 * @throws PlatformError `conflict` that names who has the port.
 */
export async function choosePort(
  { number, isFixed }: PortSetting,
  what: string,
  processes: Processes,
  signal: AbortSignal,
): Promise<number> {
  const last = isFixed ? number : Math.min(number + portsTried, 65_535);
  for (let port = number; port <= last; port += 1) {
    signal.throwIfAborted();
    if (await isPortFree(port)) return port;
  }
  const owner = await portOwner(number, processes, signal);
  const by = owner ? ` by ${describePortOwner(owner)}` : '';
  if (!isFixed) {
    throw new PlatformError('conflict', `ports ${String(number)} to ${String(last)} are all taken`, {
      suggestions: ['set a free one for the registry: `local.registry.port` in the environment file'],
    });
  }
  throw new PlatformError('conflict', `port ${String(number)}, which the ${what} is set to, is taken${by}`, {
    suggestions: [
      'set another port, or none: `local.registry.port` in the environment file; without it the next free one is taken',
      ...(owner?.pid === undefined ? [] : [`or stop the process: kill ${String(owner.pid)}`]),
    ],
  });
}
