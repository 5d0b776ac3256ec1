import type { Container, ContainerEngine } from '../../containers/engine.js';
import type { RegistryService } from './service.js';
import { publishedPort } from './served.js';

/** What there is of a registry service on this machine. */
export type ServiceState =
  | { readonly status: 'absent' }
  /** Somebody else's container has the name. */
  | { readonly status: 'foreign' }
  /** Has to be made again, on the same volume. */
  | { readonly status: 'unfit'; readonly reason: string }
  | { readonly status: 'stopped'; readonly port: number }
  /** Also one that its engine starts again and again, because it fails. */
  | { readonly status: 'running'; readonly port: number };

export async function stateOfService(
  engine: ContainerEngine,
  service: RegistryService,
  signal: AbortSignal,
): Promise<ServiceState> {
  const container = await engine.container(service.name, { signal });
  if (!container) return { status: 'absent' };
  if (!isOurs(container, service)) return { status: 'foreign' };
  const port = publishedPort(container);
  if (port === undefined) return { status: 'unfit', reason: 'it has no port on this machine' };
  if (service.port.isFixed && service.port.number !== port) {
    return { status: 'unfit', reason: `its port is ${String(port)}, wanted ${String(service.port.number)}` };
  }
  switch (container.status) {
    case 'running':
    case 'restarting':
      return { status: 'running', port };
    case 'exited':
    case 'created':
      return { status: 'stopped', port };
    default:
      return { status: 'unfit', reason: `it is ${container.status}` };
  }
}

function isOurs({ labels }: Container, service: RegistryService): boolean {
  return Object.entries(service.labels).every(([key, value]) => labels[key] === value);
}
