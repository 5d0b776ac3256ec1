import type { Environment, ProviderName } from '../environment/environment.js';
import type { EnvironmentRecord } from '../environment/record.js';
import { PlatformError } from '../errors.js';
import type { Ports } from '../ports.js';
import type { Toolchain } from '../toolchain/toolchain.js';
import type { ClusterProvider } from './cluster.js';
import type { EngineState } from '../containers/find-engine.js';
import type { Engine } from '../containers/engine.js';
import { embeddedProvider } from './embedded.js';
import { kindProvider } from './kind.js';
import { minikubeProvider } from './minikube.js';

type ProviderPorts = Pick<Ports, 'processes' | 'clock' | 'paths'>;
type ProviderFactory = (
  environment: Pick<Environment, 'name' | 'local'>,
  ports: ProviderPorts,
  toolchain: Toolchain,
  engine: Engine,
) => ClusterProvider;

/** Every provider there is; a new one is a file beside this one and a line here. */
const factories: Partial<Readonly<Record<ProviderName, ProviderFactory>>> = {
  kind: kindProvider,
  minikube: minikubeProvider,
  embedded: embeddedProvider,
};

export interface ProviderChoice {
  readonly name: ProviderName;
  /** Why it was chosen, for people. */
  readonly reason: string;
}

/**
 * Which provider makes the cluster: the one that the file or a flag names, else the one the environment was begun with,
 * else the most real one that this machine can have. minikube is only taken by name: where its driver works, a
 * container engine answers, and then kind is faster.
 */
export async function chooseProvider(
  environment: Pick<Environment, 'target' | 'local'>,
  begunWith: ProviderName | undefined,
  engine: () => Promise<EngineState>,
): Promise<ProviderChoice> {
  if (environment.target === 'aws') return { name: 'eks', reason: 'the target is aws' };
  const { provider } = environment.local;
  if (provider !== 'auto') return { name: provider, reason: 'asked for' };
  if (begunWith && begunWith !== 'eks') return { name: begunWith, reason: 'the environment was begun with it' };
  const found = await engine();
  switch (found.status) {
    case 'running':
      return { name: 'kind', reason: `${found.name} answers` };
    case 'silent':
      return { name: 'embedded', reason: `no container engine answers: ${found.reason}` };
    case 'absent':
      return { name: 'embedded', reason: 'there is no container engine here' };
  }
}

/**
 * The providers that an environment was on before and that may still have a cluster of it; more than one where a run
 * that changed the provider was cut short and the next one changed it again.
 */
export function previousProviders(
  begun: Pick<EnvironmentRecord, 'provider' | 'previous'> | undefined,
  chosen: ProviderName,
): ProviderName[] {
  if (!begun) return [];
  return [...new Set([...(begun.previous ?? []), begun.provider])].filter((name) => name !== chosen);
}

/** @throws PlatformError `usage` for a provider that this version does not have. */
export function createProvider(
  name: ProviderName,
  environment: Pick<Environment, 'name' | 'local'>,
  ports: ProviderPorts,
  { toolchain, engine }: { readonly toolchain: Toolchain; readonly engine: Engine },
): ClusterProvider {
  const factory = factories[name];
  if (factory) return factory(environment, ports, toolchain, engine);
  throw new PlatformError('usage', `this version cannot build on ${name} yet`, {
    suggestions: [`it builds on ${Object.keys(factories).join(', ')}: --local --provider embedded`],
  });
}
