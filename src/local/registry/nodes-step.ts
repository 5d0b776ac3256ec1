import type { NodeMachines } from '../../clusters/cluster.js';
import type { ContainerEngine, Engine } from '../../containers/engine.js';
import { PlatformError } from '../../errors.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { Check, Step } from '../../plan/step.js';
import { attach, detached } from './attachment.js';
import { isHostingTold, tellHosting } from './hosting.js';
import { hostsFiles, ownLine } from './hosts-file.js';
import type { RegistryNames } from './names.js';
import { hostsFilePath, readHostsFiles, removeHostsFile, writeHostsFile } from './node-files.js';
import { findRegistry, type ServedRegistry } from './served.js';
import type { RegistryCache, RegistryService } from './service.js';

export const nodesStepId = 'registry/nodes';

export interface NodesStepOptions {
  readonly engine: Engine;
  readonly machines: NodeMachines;
  readonly view: ClusterView;
  readonly registry: RegistryService;
  readonly caches: readonly RegistryCache[];
  /** By host: a URL, or `local` for the local registry. */
  readonly mirrors: Readonly<Record<string, string>>;
  /** PEM file in the nodes with authorities that https mirrors and registries may have their certificates from. */
  readonly authorityFile?: string;
  readonly names: RegistryNames;
  /** Called before each write to the cluster. */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
  readonly needs: readonly string[];
}

/** What one node's containerd would have to be told. */
interface NodeChanges {
  readonly node: string;
  readonly written: readonly { readonly host: string; readonly text: string }[];
  readonly removed: readonly string[];
  /** Hosts whose file somebody else has written. */
  readonly foreign: readonly string[];
}

/** Lets every node pull from the local registry, the caches and the mirrors, and tells other tools about it. */
export function nodesStep(options: NodesStepOptions): Step {
  const { machines, view } = options;
  const services = [options.registry, ...options.caches];
  return {
    id: nodesStepId,
    title: 'registries in the nodes',
    needs: options.needs,
    lane: 'image',
    budgetMs: 120_000,
    estimateMs: 1_500,
    async check({ signal }): Promise<Check> {
      if (!(await view.connection())) return { status: 'needed', reason: 'there is no cluster yet' };
      const engine = await options.engine();
      const registry = await findRegistry(engine, { signal }, options.names);
      if (!registry) return { status: 'needed', reason: 'there is no local registry yet' };
      const all = await changesOfNodes(registry, options, signal);
      const conflict = all.find(({ foreign }) => foreign.length > 0);
      if (conflict) return { status: 'blocked', by: inTheWay(conflict), fix: outOfTheWay(engine), code: 'conflict' };
      const different = all.filter(({ written, removed }) => written.length + removed.length > 0);
      if (different.length > 0) {
        const hosts = new Set(different.flatMap(({ written, removed }) => [...written.map(hostOf), ...removed]));
        return { status: 'needed', reason: `${namesOf(different)}: ${[...hosts].join(', ')}` };
      }
      const obstacle = (await obstacles(engine, services, machines.network, signal))[0];
      if (obstacle !== undefined) return { status: 'needed', reason: obstacle };
      if (await isHostingTold(registry, view)) return { status: 'satisfied', detail: countOf(all) };
      return { status: 'needed', reason: 'the cluster does not tell other tools where the registry is' };
    },
    async apply(context) {
      const { signal } = context;
      const engine = await options.engine();
      const registry = await findRegistry(engine, { signal }, options.names);
      if (!registry) throw new PlatformError('conflict', `there is no container ${options.registry.name} any more`);
      for (const service of services) await attach(engine, service, machines.network, signal);
      const all = await changesOfNodes(registry, options, signal);
      const conflict = all.find(({ foreign }) => foreign.length > 0);
      if (conflict) throw new PlatformError('conflict', inTheWay(conflict), { suggestions: outOfTheWay(engine) });
      await Promise.all(
        all.map(async ({ node, written, removed }) => {
          for (const { host, text } of written) {
            context.progress({ message: `${node}: ${host}` });
            await writeHostsFile(machines, node, { host, text }, signal);
          }
          for (const host of removed) await removeHostsFile(machines, node, host, signal);
        }),
      );
      const client = await view.connection();
      if (client && !(await isHostingTold(registry, view))) {
        await options.ensureOwned(signal);
        await tellHosting(registry, client, signal);
      }
      return countOf(all);
    },
  };
}

async function changesOfNodes(
  registry: ServedRegistry,
  options: NodesStepOptions,
  signal: AbortSignal,
): Promise<NodeChanges[]> {
  const { machines, caches, mirrors, authorityFile } = options;
  const wanted = hostsFiles({
    registry,
    caches: new Map(caches.map(({ host, name }) => [host, name])),
    mirrors,
    ...(authorityFile !== undefined && { authorityFile }),
  });
  const nodes = await machines.names(signal);
  return Promise.all(
    nodes.map(async (node) => {
      const found = await readHostsFiles(machines, node, signal);
      const isOwn = (host: string) => found.get(host)?.startsWith(ownLine) ?? true;
      const written = [...wanted].filter(([host, text]) => found.get(host)?.trimEnd() !== text.trimEnd());
      return {
        node,
        written: written.filter(([host]) => isOwn(host)).map(([host, text]) => ({ host, text })),
        removed: [...found.keys()].filter((host) => !wanted.has(host) && isOwn(host)),
        foreign: written.filter(([host]) => !isOwn(host)).map(([host]) => host),
      };
    }),
  );
}

async function obstacles(
  engine: ContainerEngine,
  services: readonly RegistryService[],
  network: string,
  signal: AbortSignal,
): Promise<string[]> {
  const all = await Promise.all(
    services.map(async (service) => detached(await engine.container(service.name, { signal }), service, network)),
  );
  return all.filter((reason) => reason !== undefined);
}

function inTheWay({ node, foreign }: NodeChanges): string {
  return `${node} has ${foreign.map(hostsFilePath).join(', ')}, written by somebody else`;
}

function outOfTheWay(engine: ContainerEngine): string[] {
  return [
    `remove the file in the node: ${engine.name} exec NODE rm FILE`,
    'or take the registry out of `local.mirrors` and `local.registry.caches` in the environment file',
  ];
}

function hostOf({ host }: { readonly host: string }): string {
  return host;
}

function namesOf(nodes: readonly NodeChanges[]): string {
  return nodes.map(({ node }) => node).join(', ');
}

function countOf({ length }: readonly unknown[]): string {
  return length === 1 ? '1 node' : `${String(length)} nodes`;
}
