import { existsSync } from 'node:fs';
import type { ClusterProvider } from '../clusters/cluster.js';
import { PlatformError } from '../errors.js';
import { connect, type ClusterClient } from '../kubernetes/client.js';
import { contextName, contextNames } from '../kubernetes/kubeconfig.js';
import { environmentState } from '../paths.js';
import type { Ports } from '../ports.js';
import type { FoundEnvironment } from './find-environment.js';
import { open } from './open.js';

/** The cluster of an environment, for what has to work on any machine that reaches it. */
export interface ReachedCluster {
  readonly environment: string;
  readonly client: ClusterClient;
  /** The environment's, on this machine; it need not be there. */
  readonly stateFolder: string;
}

/**
 * Connects to the cluster of an environment: as its own machine does, or where it was never built by the context
 * `platform-<name>` of the user's kubeconfig. An API server that is away at the moment is no reason not to try.
 * @throws PlatformError `conflict` when its cluster does not run, or nothing here leads to it
 */
export async function reachCluster(found: FoundEnvironment, ports: Ports): Promise<ReachedCluster> {
  const { name, record } = found;
  const stateFolder = environmentState(ports.paths, name);
  const kubeconfig = record
    ? await ownKubeconfig(name, (await open(found, ports)).assembly.provider)
    : await usersKubeconfig(name, ports.paths.kubeconfig);
  return { environment: name, client: await connect(kubeconfig, contextName(name)), stateFolder };
}

async function ownKubeconfig(name: string, provider: ClusterProvider): Promise<string> {
  const { status } = await provider.inspect();
  const isThere = status === 'running' || status === 'unreachable';
  if (isThere && existsSync(provider.kubeconfig)) return provider.kubeconfig;
  throw new PlatformError('conflict', `the cluster of ${name} is not running: it is ${status}`, {
    suggestions: [status === 'stopped' ? 'start it first: `platform start`' : 'see how it is with `platform status`'],
  });
}

async function usersKubeconfig(name: string, file: string): Promise<string> {
  const context = contextName(name);
  if ((await contextNames(file)).includes(context)) return file;
  throw new PlatformError('conflict', `${name} was not built on this machine, and ${file} has no context ${context}`, {
    suggestions: [
      `where it was built: platform kubeconfig --environment ${name} > ${name}.kubeconfig`,
      `then here, with KUBECONFIG=${name}.kubeconfig, the same command again`,
    ],
    facts: { file, context },
  });
}
