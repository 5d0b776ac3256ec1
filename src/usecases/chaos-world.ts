import type { World } from '../chaos/world.js';
import { PlatformError } from '../errors.js';
import type { Ports } from '../ports.js';
import type { ToolName } from '../toolchain/pins.js';
import type { Toolchain } from '../toolchain/toolchain.js';
import { monitoringOf } from './monitoring.js';
import type { OpenEnvironment } from './open.js';
import { refuseUnlessRunning } from './open-url.js';

/**
 * What a drill works on.
 * @throws PlatformError `conflict` when the cluster does not run, or its file cannot be read
 */
export async function worldOf({ environment, assembly, problem }: OpenEnvironment, ports: Ports): Promise<World> {
  if (problem !== undefined) {
    throw new PlatformError('usage', `the file of ${environment.name} cannot be read, so its drills are not known`, {
      output: problem,
    });
  }
  const { provider, view, toolchain } = assembly;
  await refuseUnlessRunning(environment.name, provider);
  const client = await view.connection();
  if (!client) throw new PlatformError('conflict', `the cluster of ${environment.name} is not running`);
  const { clock, processes } = ports;
  return {
    ...{ environment, provider, client, clock, processes },
    monitoring: await monitoringOf(assembly),
    tool: (name, signal) => toolPath(toolchain, name, signal, ports),
    probe: undefined as never,
  };
}

async function toolPath(toolchain: Toolchain, name: ToolName, signal: AbortSignal, { events }: Ports): Promise<string> {
  const present = await toolchain.find(name);
  if (present) return present.path;
  events.emit({ type: 'notice', level: 'info', message: `installing ${name}` });
  const { path } = await toolchain.install(name, { signal, progress: () => undefined });
  return path;
}
