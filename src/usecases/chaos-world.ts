import { authorityPlaces } from '../certificates/authority-files.js';
import { readAuthority } from '../certificates/authority.js';
import { trustedCertificates } from '../certificates/trusted.js';
import { createProbe, type ProbeRoute } from '../chaos/observe/create-probe.js';
import type { LoadRoute } from '../chaos/run/make-load.js';
import type { World } from '../chaos/world.js';
import { PlatformError } from '../errors.js';
import type { Ports } from '../ports.js';
import type { ToolName } from '../toolchain/pins.js';
import type { Toolchain } from '../toolchain/toolchain.js';
import { monitoringOf } from './monitoring.js';
import type { OpenEnvironment } from './open.js';
import { refuseUnlessRunning } from './open-url.js';

/** Where the ingress of a local environment listens. */
const local = '127.0.0.1';

/**
 * What a drill works on.
 * @throws PlatformError `conflict` when the cluster does not run, `usage` when its file cannot be read
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
  const authority = await readAuthority(ports.paths);
  const trusted = authority ? await trustedCertificates(authority, environment.local.authorities, clock) : [];
  return {
    ...{ environment, provider, client, clock, processes },
    monitoring: await monitoringOf(assembly),
    tool: (name, signal) => toolPath(toolchain, name, signal, ports),
    probe: createProbe({
      route: await routeOf({ environment, assembly }, ports),
      authorities: trusted.map(({ pem }) => pem),
      clock,
    }),
  };
}

/** How a load's tool gets to the environment: where it is local, names lead nowhere and its authority is ours. */
export async function loadRoute(
  { environment, assembly }: Pick<OpenEnvironment, 'environment' | 'assembly'>,
  { paths }: Pick<Ports, 'paths'>,
): Promise<LoadRoute> {
  if (environment.target !== 'local') return {};
  const served = await servedPorts(assembly);
  return {
    ...(served && { connectTo: { host: local, port: served.https } }),
    caFile: authorityPlaces(paths).certificate,
  };
}

async function routeOf(
  { environment, assembly }: Pick<OpenEnvironment, 'environment' | 'assembly'>,
  { variables }: Ports,
): Promise<ProbeRoute> {
  const served = environment.target === 'local' ? await servedPorts(assembly) : undefined;
  return served ? { address: local, ports: served } : { variables };
}

async function servedPorts({ provider }: OpenEnvironment['assembly']) {
  const cluster = await provider.inspect();
  return cluster.status === 'running' ? cluster.made.ports : undefined;
}

async function toolPath(toolchain: Toolchain, name: ToolName, signal: AbortSignal, { events }: Ports): Promise<string> {
  const present = await toolchain.find(name);
  if (present) return present.path;
  events.emit({ type: 'notice', level: 'info', message: `installing ${name}` });
  const { path } = await toolchain.install(name, { signal, progress: () => undefined });
  return path;
}
