import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { ClusterProvider } from '../clusters/cluster.js';
import { createProvider } from '../clusters/provider.js';
import type { EnvironmentRecord } from '../environment/record.js';
import { PlatformError } from '../errors.js';
import { hostsBlockOf, systemHostsFile } from '../local/names/hosts-file.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import { contextName, contextNames, removeContext } from '../kubernetes/kubeconfig.js';
import type { RunSummary } from '../plan/events.js';
import type { Step } from '../plan/step.js';
import type { Ports } from '../ports.js';
import { assemble, type Assembly } from './assemble.js';
import { environmentState } from '../paths.js';
import type { FoundEnvironment } from './find-environment.js';
import { environmentOfRecord, withoutFile } from './environment-of-record.js';
import { failureOfRun } from '../plan/run-summary.js';
import { detachingStep, hostsStep, purgeSteps, sharedThings } from './destroy-shared.js';
import { runSteps } from './run-steps.js';

export interface DestroyOptions {
  /** Remove what all environments of this user share, too, if this was the last one. */
  readonly purge: boolean;
}

export interface DestroyResult {
  readonly environment: string;
  readonly existed: boolean;
  readonly removed: readonly string[];
  /** What of ours is still there: the proof that all is gone is that this is empty. */
  readonly left: readonly string[];
  /** What is not the environment's alone and stays for the next one, unless it is purged. */
  readonly kept: readonly string[];
  readonly summary?: RunSummary;
}

/**
 * Removes an environment and proves that nothing of it is left. Works with a dead API server, a half-made cluster and
 * a broken environment file, and touches only what carries the environment's name.
 */
export async function destroy(
  found: FoundEnvironment,
  { purge }: DestroyOptions,
  ports: Ports,
): Promise<DestroyResult> {
  const { name, record } = found;
  const stateFolder = environmentState(ports.paths, name);
  if (!record && !existsSync(stateFolder))
    return { environment: name, existed: false, removed: [], left: [], kept: [] };
  if (record) await refuseIfProtected(record);
  const assembly = assemble(withoutFile(name), record?.provider ?? 'embedded', ports);
  // A run that was to move the environment to another provider may have been cut short.
  const previous = (record?.previous ?? []).map((former) => createProvider(former, withoutFile(name), ports, assembly));
  const providers = [assembly.provider, ...previous];
  const removed: string[] = [];
  const summary = await runSteps(
    { command: 'destroy', environment: name, stateFolder },
    () => Promise.resolve(stepsToDestroy(name, { providers, purge }, assembly, removed, ports)),
    ports,
  );
  // The journal of a destroy that failed is evidence; that of one that succeeded would be something left.
  const common = { environment: name, existed: true, removed, summary };
  // What is left is not asked of an engine that has just failed: the failure is what matters.
  if (failureOfRun(summary)) return { ...common, left: [], kept: [] };
  await rm(stateFolder, { recursive: true, force: true });
  removed.push(`folder ${stateFolder}`);
  return {
    ...common,
    left: await leftOf(name, providers, assembly, ports),
    kept: await sharedThings(providers, assembly.engine, ports),
  };
}

function stepsToDestroy(
  name: string,
  { providers, purge }: DestroyOptions & { readonly providers: readonly ClusterProvider[] },
  { view, engine }: Assembly,
  removed: string[],
  ports: Ports,
): Step[] {
  const { paths } = ports;
  const context = contextName(name);
  const detaching = providers.flatMap((provider) => detachingStep(provider, engine));
  const clusters = providers.map((provider) => removalStep(provider, view, detaching, removed));
  return [
    ...detaching,
    ...clusters,
    hostsStep(name, removed, ports),
    ...(purge ? purgeSteps(name, providers, clusters, { engine, removed, ports }) : []),
    {
      id: 'kubeconfig',
      title: `context ${context}`,
      needs: clusters.map(({ id }) => id),
      lane: 'api',
      budgetMs: 30_000,
      estimateMs: 20,
      async check() {
        const names = await contextNames(paths.kubeconfig);
        return names.includes(context)
          ? { status: 'needed', reason: `in ${paths.kubeconfig}` }
          : { status: 'satisfied', detail: 'none' };
      },
      async apply() {
        if (await removeContext(paths.kubeconfig, context)) removed.push(`context ${context} in ${paths.kubeconfig}`);
        return undefined;
      },
    },
  ];
}

function removalStep(provider: ClusterProvider, view: ClusterView, needs: readonly Step[], removed: string[]): Step {
  return {
    id: `cluster/${provider.name}`,
    title: `${provider.name} cluster`,
    needs: needs.map(({ id }) => id),
    lane: 'cluster',
    budgetMs: 5 * 60_000,
    estimateMs: 2_000,
    async check() {
      const state = await provider.inspect();
      const remains = await provider.remains();
      if (state.status === 'absent' && remains.length === 0) return { status: 'satisfied', detail: 'none' };
      return { status: 'needed', reason: `${state.status}; ${String(remains.length)} things of it are here` };
    },
    async apply(step) {
      const parts = await provider.delete(step);
      view.forget();
      removed.push(...parts);
      return `${String(parts.length)} things removed`;
    },
  };
}

async function leftOf(
  name: string,
  providers: readonly ClusterProvider[],
  { stateFolder }: Assembly,
  { paths }: Ports,
): Promise<string[]> {
  const context = contextName(name);
  return [
    ...(await Promise.all(providers.map((provider) => provider.remains()))).flat(),
    ...((await contextNames(paths.kubeconfig)).includes(context) ? [`context ${context} in ${paths.kubeconfig}`] : []),
    ...(existsSync(stateFolder) ? [`folder ${stateFolder}`] : []),
    ...((await hostsBlockOf(systemHostsFile, name)) ? [`the block of ${name} in ${systemHostsFile}`] : []),
  ];
}

// A file that is gone or broken protects nothing.
async function refuseIfProtected(record: EnvironmentRecord): Promise<void> {
  const { environment } = await environmentOfRecord(record);
  if (!environment?.protect) return;
  throw new PlatformError('conflict', `${record.name} is protected`, {
    suggestions: [`take \`protect: true\` out of ${record.file ?? 'its file'} first`],
  });
}
