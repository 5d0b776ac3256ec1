import type { ClusterProvider } from '../clusters/cluster.js';
import type { LocalSettings } from '../environment/environment.js';
import { describePortOwner, isPortFree, portOwner } from '../local/ports.js';
import type { Processes } from '../process.js';
import type { Examination, Finding } from './check.js';
import type { ContainerNeed } from './container-need.js';

export interface ListeningPortsOptions {
  readonly local: Pick<LocalSettings, 'ports' | 'registry'>;
  readonly need: ContainerNeed;
  readonly processes: Processes;
  readonly provider: Pick<ClusterProvider, 'inspect'> | undefined;
}

/** Whether the ports that the environment offers on this machine are free, and who has them if not. */
export function listeningPorts({ local, ...options }: ListeningPortsOptions): Examination[] {
  const wanted = [
    { port: local.ports.http, use: 'http', key: 'local.ports.http' },
    { port: local.ports.https, use: 'https', key: 'local.ports.https' },
    { port: local.registry.port, use: 'the image registry', key: 'local.registry.port' },
  ];
  return wanted.map(({ port, use, key }) => ({
    name: `port ${String(port)}`,
    async examine(signal) {
      const owner = await portOwner(port, options.processes, signal);
      if (!owner && (await isPortFree(port))) return { status: 'ok', detail: `free, for ${use}` };
      const taken = `taken by ${owner ? describePortOwner(owner) : 'somebody who cannot be told'}`;
      return judge(`${taken}; wanted for ${use}`, [...(owner?.pid === undefined ? [whoHas(port)] : []), ...free(key)]);
    },
  }));

  async function judge(detail: string, fix: readonly string[]): Promise<Finding> {
    if (options.need === 'no')
      return { status: 'warning', detail: `${detail}; nothing of the embedded provider binds it`, fix };
    const state = await options.provider?.inspect();
    if (options.need === 'yes' && state?.status === 'running') {
      return { status: 'ok', detail: `${detail}; the environment's own cluster runs, so it is most likely its own` };
    }
    return { status: options.need === 'yes' ? 'blocking' : 'warning', detail, fix };
  }
}

function free(key: string): string[] {
  return [`stop that program, or set another ${key}`];
}

function whoHas(port: number): string {
  return `see who it is: sudo lsof -nP -iTCP:${String(port)} -sTCP:LISTEN`;
}
