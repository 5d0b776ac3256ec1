import type { EngineState } from '../containers/find-engine.js';
import { PlatformError } from '../errors.js';
import type { Processes } from '../process.js';

/** Name of the running container that has a port of this machine; `undefined` where none is known to. */
export async function publisherOf(
  port: number,
  engine: EngineState | undefined,
  processes: Processes,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (engine?.status !== 'running') return undefined;
  const args = ['ps', '--filter', `publish=${String(port)}`, '--format', '{{.Names}}'];
  try {
    const { stdout } = await processes.run(engine.name, args, { signal });
    return stdout.trim().split('\n')[0] || undefined;
  } catch (error) {
    if (error instanceof PlatformError && error.code !== 'interrupted') return undefined;
    throw error;
  }
}
