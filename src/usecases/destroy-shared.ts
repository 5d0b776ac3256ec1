import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { authorityPlaces } from '../certificates/authority-files.js';
import type { ClusterProvider } from '../clusters/cluster.js';
import type { Engine } from '../containers/engine.js';
import { listRecords } from '../environment/record.js';
import { hostsBlockOf, systemHostsFile } from '../local/names/hosts-file.js';
import { detachRegistry, purgeRegistry, registryRemains } from '../local/registry/removal.js';
import type { Step } from '../plan/step.js';
import type { Ports } from '../ports.js';
import { applyHostsChange, planHostsRemoval } from './hosts.js';

/** Takes the registry off the network of a cluster's nodes, which could not be removed with it. */
export function detachingStep(provider: ClusterProvider, engine: Engine): Step[] {
  const { machines } = provider;
  if (!machines) return [];
  return [
    {
      id: `registry/${provider.name}`,
      title: `registry's way to the ${provider.name} nodes`,
      needs: [],
      lane: 'cluster',
      budgetMs: 60_000,
      estimateMs: 500,
      async check() {
        const network = await (await engine()).network(machines.network);
        return network
          ? { status: 'needed', reason: `the network ${machines.network} is to go` }
          : { status: 'satisfied', detail: 'none' };
      },
      async apply({ signal }) {
        const names = await detachRegistry(await engine(), machines.network, await machines.names(signal), { signal });
        return names.length > 0 ? `${names.join(', ')} left the network ${machines.network}` : 'others need it';
      },
    },
  ];
}

/** Takes the environment's block out of the hosts file. */
export function hostsStep(name: string, removed: string[], ports: Ports, hostsFile = systemHostsFile): Step {
  return {
    id: 'hosts',
    title: `names in ${hostsFile}`,
    needs: [],
    lane: 'api',
    budgetMs: 60_000,
    estimateMs: 20,
    async check() {
      return (await hostsBlockOf(hostsFile, name))
        ? { status: 'needed', reason: `in ${hostsFile}` }
        : { status: 'satisfied', detail: 'none' };
    },
    async apply() {
      await applyHostsChange(await planHostsRemoval({ environment: name, cwd: '/', hostsFile }, ports), ports);
      removed.push(`the block of ${name} in ${hostsFile}`);
      return undefined;
    },
  };
}

interface Purge {
  readonly engine: Engine;
  readonly removed: string[];
  readonly ports: Ports;
}

/** Removes what all environments of this user share, where no other environment is left to need it. */
export function purgeSteps(
  name: string,
  providers: readonly ClusterProvider[],
  clusters: readonly Step[],
  { engine, removed, ports }: Purge,
): Step[] {
  const { paths } = ports;
  const common = { needs: clusters.map(({ id }) => id), lane: 'cluster', budgetMs: 2 * 60_000 } as const;
  const { folder, lock } = authorityPlaces(paths);
  const others = async () => (await listRecords(paths)).map((record) => record.name).filter((one) => one !== name);
  const unlessOthers = async (present: boolean) => {
    if (!present) return { status: 'satisfied', detail: 'none' } as const;
    const needing = await others();
    return needing.length > 0
      ? ({ status: 'omitted', reason: `${needing.join(', ')} may need it` } as const)
      : ({ status: 'needed', reason: 'it is to be purged' } as const);
  };
  const authority: Step = {
    ...{ ...common, id: 'authority', title: 'certificate authority', estimateMs: 20 },
    check: () => unlessOthers(existsSync(folder)),
    async apply() {
      await rm(folder, { recursive: true, force: true });
      await rm(lock, { force: true });
      removed.push(`certificate authority ${folder}`);
      return undefined;
    },
  };
  if (!providers.some(({ machines }) => machines)) return [authority];
  const registry: Step = {
    ...{ ...common, id: 'registry', title: 'local registry', estimateMs: 1_000 },
    check: async () => unlessOthers((await registryRemains(await engine())).length > 0),
    async apply({ signal }) {
      const purged = await purgeRegistry(await engine(), { signal });
      removed.push(...purged.removed);
      return purged.usedBy.length > 0 ? `kept: ${purged.usedBy.join(', ')} pull from it` : undefined;
    },
  };
  return [registry, authority];
}

/** What stays on this machine for the next environment, with the way to be rid of it. */
export async function sharedThings(
  providers: readonly ClusterProvider[],
  engine: Engine,
  { paths }: Pick<Ports, 'paths'>,
): Promise<string[]> {
  const { folder } = authorityPlaces(paths);
  const registry = providers.some(({ machines }) => machines) ? await registryRemains(await engine()) : [];
  return [...registry, ...(existsSync(folder) ? [`certificate authority ${folder}`] : [])];
}
