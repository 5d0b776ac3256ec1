import type { Clock } from '../../clock.js';
import type { ClusterProvider } from '../../clusters/cluster.js';
import type { Engine } from '../../containers/engine.js';
import type { LocalSettings } from '../../environment/environment.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { Step } from '../../plan/step.js';
import type { Processes } from '../../process.js';
import { registryNames, type RegistryNames } from './names.js';
import { nodesStep, nodesStepId } from './nodes-step.js';
import { probeStep } from './probe-step.js';
import { localRegistry, registryCaches } from './service.js';
import { serviceStep } from './service-step.js';

export const registryId = 'registry';

export interface RegistryOptions {
  readonly environment: string;
  readonly settings: Pick<LocalSettings, 'registry' | 'mirrors'>;
  readonly provider: Pick<ClusterProvider, 'machines'>;
  readonly engine: Engine;
  readonly view: ClusterView;
  readonly processes: Processes;
  readonly clock: Clock;
  /** The user's, for the proxy on the way to cached registries. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Called before each write to the cluster. */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
  /** Instead of registry:3. */
  readonly image?: string;
  /** PEM file in the nodes with authorities that https mirrors and registries may have their certificates from. */
  readonly authorityFile?: string;
  readonly names?: RegistryNames;
}

/**
 * The local registry, the caches of others, every node's way to them, and the proof that it is one. None for a
 * provider whose nodes cannot be reached from outside the cluster, or are none.
 */
export function registrySteps(options: RegistryOptions): Step[] {
  const { settings, provider, variables, names = registryNames } = options;
  const { machines } = provider;
  if (!machines) return [];
  const { mirrors } = settings;
  const registry = localRegistry(settings.registry.port, names);
  const caches = registryCaches(settings.registry.caches, variables, names);
  const cacheIds = caches.map(({ host }) => `cache/${host}`);
  const common = { ...options, mirrors, machines, registry, names };
  return [
    serviceStep(registryId, registry, common),
    ...caches.map((cache) => serviceStep(`cache/${cache.host}`, cache, common)),
    nodesStep({ ...common, caches, needs: ['cluster', registryId, ...cacheIds] }),
    // The namespace that the proof and its pods are in comes with the record.
    probeStep({ ...common, needs: [nodesStepId, 'nodes', 'record'] }),
  ];
}
