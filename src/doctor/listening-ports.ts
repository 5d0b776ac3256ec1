import type { ClusterProvider } from '../clusters/cluster.js';
import type { LocalSettings, PortSetting } from '../environment/environment.js';
import { describePortOwner, isPortFree, portOwner } from '../local/ports.js';
import { registryNames } from '../local/registry/names.js';
import type { Processes } from '../process.js';
import type { Examination, Finding } from './check.js';
import type { FindEngine } from './container-engine.js';
import type { ContainerNeed } from './container-need.js';
import { publisherOf } from './port-publisher.js';

export interface ListeningPortsOptions {
  readonly local: Pick<LocalSettings, 'ports' | 'registry'>;
  readonly need: ContainerNeed;
  readonly processes: Processes;
  readonly engine: FindEngine;
  readonly provider: Pick<ClusterProvider, 'inspect'> | undefined;
}

interface Wanted {
  readonly port: PortSetting;
  readonly use: string;
  readonly key: string;
}

/** Whether the ports that the environment offers on this machine are free, and who has them if not. */
export function listeningPorts({ local, ...options }: ListeningPortsOptions): Examination[] {
  const wanted: Wanted[] = [
    { port: local.ports.http, use: 'http', key: 'local.ports.http' },
    { port: local.ports.https, use: 'https', key: 'local.ports.https' },
    { port: local.registry.port, use: 'the image registry', key: 'local.registry.port' },
  ];
  return wanted.map((one) => ({
    name: `port ${String(one.port.number)}`,
    examine: (signal) => examinePort(one, options, signal),
  }));
}

async function examinePort(
  { port: { number, isFixed }, use, key }: Wanted,
  { need, processes, engine, provider }: Omit<ListeningPortsOptions, 'local'>,
  signal: AbortSignal,
): Promise<Finding> {
  const owner = await portOwner(number, processes, signal);
  if (!owner && (await isPortFree(number))) return { status: 'ok', detail: `free, for ${use}` };
  // All that can be seen of a container's port is the engine's own program, if anything.
  const container = await publisherOf(number, await engine(signal).catch(() => undefined), processes, signal);
  if (container === registryNames.registry && key === 'local.registry.port') {
    return { status: 'ok', detail: `the image registry of this machine has it already, the container ${container}` };
  }
  const by =
    container === undefined
      ? owner
        ? describePortOwner(owner)
        : 'somebody who cannot be told'
      : `the container ${container}`;
  const detail = `taken by ${by}; wanted for ${use}`;
  const stop = container === undefined ? 'stop that program' : 'stop that container';
  const fix = [
    ...(container === undefined && owner?.pid === undefined
      ? [`see who it is: sudo lsof -nP -iTCP:${String(number)} -sTCP:LISTEN`]
      : []),
    `${stop}, or set another ${key}`,
  ];
  if (need === 'no') return { status: 'warning', detail: `${detail}; nothing of the embedded provider binds it`, fix };
  const state = await provider?.inspect();
  if (need === 'yes' && state?.status === 'running') {
    return { status: 'ok', detail: `${detail}; the environment's own cluster runs, so it is most likely its own` };
  }
  if (!isFixed) return { status: 'warning', detail: `${detail}; the next free port is taken instead`, fix };
  return { status: need === 'yes' ? 'blocking' : 'warning', detail, fix };
}
