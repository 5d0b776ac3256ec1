import { formatDuration, type Clock } from '../clock.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import { contextName, hasContext, mergeContext, readAccess } from '../kubernetes/kubeconfig.js';
import { listNodes } from '../kubernetes/nodes.js';
import type { Check, Step } from '../plan/step.js';
import { poll } from '../poll.js';
import { observeReleases } from '../releases/helm/observed.js';
import type { ClusterNode, ClusterProvider, ClusterState, Difference } from './cluster.js';

/** How long making or starting a cluster may take, in milliseconds; the slowest here pulls a node image. */
const clusterBudgetMs = 10 * 60_000;

/** The step that removes the cluster of a provider that the environment was on before. */
export const previousClusterId = 'previous-cluster';

export interface ClusterStepOptions {
  readonly environment: string;
  readonly provider: ClusterProvider;
  readonly view: ClusterView;
  readonly clock: Clock;
  /** Make a new cluster where the present one cannot become what is wanted. */
  readonly recreate: boolean;
  /** What the environment was on before; a cluster of theirs is removed first. */
  readonly previous?: readonly ClusterProvider[];
  /** The kubeconfig people use. */
  readonly kubeconfig: string;
  /** Ids of the steps that bring the pod network, without which no node gets ready. */
  readonly network?: readonly string[];
}

/** The cluster itself, its nodes, and its context in the user's kubeconfig. */
export function clusterSteps(options: ClusterStepOptions): Step[] {
  const { previous = [] } = options;
  return [
    ...(previous.length > 0 ? [previousClusterStep(previous)] : []),
    clusterStep(options),
    nodesStep(options),
    kubeconfigStep(options),
  ];
}

// Two clusters of one environment would want the same ports and the same names.
function previousClusterStep(previous: readonly ClusterProvider[]): Step {
  const names = previous.map(({ name }) => name).join(' and ');
  return {
    id: previousClusterId,
    title: `previous ${names} cluster`,
    needs: [],
    lane: 'cluster',
    budgetMs: clusterBudgetMs,
    estimateMs: 2_000,
    async check() {
      const states = await Promise.all(previous.map((provider) => provider.inspect()));
      const remains = (await Promise.all(previous.map((provider) => provider.remains()))).flat();
      if (states.every(({ status }) => status === 'absent') && remains.length === 0) {
        return { status: 'satisfied', detail: 'none' };
      }
      return { status: 'needed', reason: `the environment was on ${names}; that cluster is removed with its data` };
    },
    async apply(context) {
      const removed: string[] = [];
      for (const provider of previous) removed.push(...(await provider.delete(context)));
      return `${String(removed.length)} things removed`;
    },
  };
}

function clusterStep({ provider, view, recreate, clock, previous = [] }: ClusterStepOptions): Step {
  return {
    id: 'cluster',
    title: `${provider.name} cluster`,
    needs: [...(previous.length > 0 ? [previousClusterId] : []), ...provider.tools.map((tool) => `tool/${tool}`)],
    lane: 'cluster',
    budgetMs: clusterBudgetMs,
    estimateMs: 6_000,
    async check(): Promise<Check> {
      const state = await provider.inspect();
      const differences = 'made' in state ? provider.differences(state.made) : [];
      if (differences.length === 0) return unsupported(state, provider) ?? checkOf(state, provider);
      if (recreate)
        return (
          unsupported({ status: 'absent' }, provider) ?? {
            status: 'needed',
            reason: `recreated: ${differences.map(describe).join(', ')}`,
          }
        );
      return {
        status: 'blocked',
        by: `the cluster cannot change in place: ${differences.map(describe).join(', ')}`,
        fix: [
          `run the command again with --recreate; this would lose ${await inventory(state, view, clock)}`,
          'or set the environment file back to what the cluster is',
        ],
      };
    },
    async apply(context) {
      const state = await provider.inspect();
      try {
        return await bringUp(state);
      } finally {
        view.forget();
      }

      async function bringUp(found: ClusterState): Promise<string | undefined> {
        if (recreate && 'made' in found && provider.differences(found.made).length > 0) {
          await provider.delete(context);
          return provider.create(context);
        }
        switch (found.status) {
          case 'absent':
          case 'incomplete':
            return provider.create(context);
          case 'stopped':
          case 'unreachable':
            return provider.start(context);
          case 'running':
            return provider.update?.(context);
        }
      }
    },
  };
}

// A step of its own: releases can be put into a cluster whose nodes are still coming up.
function nodesStep({ provider, view, clock, network = [] }: ClusterStepOptions): Step {
  const describeMissing = (nodes: readonly ClusterNode[]) => {
    const missing = nodes.filter(({ ready }) => !ready).map(({ name }) => name);
    return missing.length > 0 ? `not ready: ${missing.join(', ')}` : 'there are none yet';
  };
  const areReady = (nodes: readonly ClusterNode[]) => nodes.length > 0 && nodes.every(({ ready }) => ready);
  return {
    id: 'nodes',
    title: 'nodes',
    needs: ['cluster', ...network],
    lane: 'wait',
    budgetMs: 5 * 60_000,
    estimateMs: 3_000,
    async check() {
      const state = await provider.inspect();
      if (state.status !== 'running') return { status: 'needed', reason: `the cluster is ${state.status}` };
      if (areReady(state.nodes)) return { status: 'satisfied', detail: `${String(state.nodes.length)} ready` };
      return { status: 'needed', reason: describeMissing(state.nodes) };
    },
    apply: (context) =>
      poll(context.signal, clock, 200, async () => {
        const client = await view.connection();
        const nodes = client ? await listNodes(client, context.signal) : [];
        if (areReady(nodes)) return `${String(nodes.length)} ready`;
        context.progress({ message: describeMissing(nodes) });
        return undefined;
      }),
  };
}

function kubeconfigStep({ environment, provider, kubeconfig }: ClusterStepOptions): Step {
  const name = contextName(environment);
  return {
    id: 'kubeconfig',
    title: `context ${name}`,
    needs: ['cluster'],
    lane: 'api',
    budgetMs: 30_000,
    estimateMs: 20,
    async check() {
      const state = await provider.inspect();
      if (state.status !== 'running') return { status: 'needed', reason: 'new' };
      const there = await hasContext(kubeconfig, name, await readAccess(provider.kubeconfig));
      return there ? { status: 'satisfied' } : { status: 'needed', reason: `${kubeconfig} does not have it` };
    },
    async apply() {
      await mergeContext(kubeconfig, name, await readAccess(provider.kubeconfig));
      return `current context in ${kubeconfig}`;
    },
  };
}

function checkOf(state: ClusterState, { machines }: Pick<ClusterProvider, 'machines'>): Check {
  switch (state.status) {
    case 'absent':
      return { status: 'needed', reason: 'new' };
    case 'incomplete':
      return { status: 'needed', reason: `${state.reason}; it is made again` };
    case 'stopped':
      return { status: 'needed', reason: `stopped: ${state.reason}` };
    case 'unreachable':
      // Containers start again with their engine, and are there a while before the API server in them answers.
      if (machines) return { status: 'needed', reason: `it does not answer: ${state.reason}` };
      return { status: 'blocked', by: `the cluster does not answer: ${state.reason}`, fix: state.fix, code: 'tool' };
    case 'running':
      return state.outdated === undefined
        ? { status: 'satisfied', detail: `Kubernetes ${state.made.kubernetes}` }
        : { status: 'needed', reason: state.outdated };
  }
}

// Only what has to be made has to be possible to make.
function unsupported(state: ClusterState, provider: ClusterProvider): Check | undefined {
  const reason = state.status === 'absent' || state.status === 'incomplete' ? provider.unsupported() : undefined;
  return reason === undefined ? undefined : { status: 'blocked', by: reason, fix: [], code: 'usage' };
}

function describe({ what, is, wanted }: Difference): string {
  return `${what} is ${is}, wanted ${wanted}`;
}

async function inventory(state: ClusterState, view: ClusterView, clock: Clock): Promise<string> {
  if (state.status !== 'running') return 'everything in it';
  const releases = await observeReleases(view);
  const age = formatDuration(clock.now() - Date.parse(state.made.at));
  const names = [...releases.values()].map(({ name }) => name);
  const installed = names.length > 0 ? `${String(names.length)} releases: ${names.join(', ')}` : 'no releases';
  return `everything in it (${installed}; volumes with their data; ${age} old)`;
}
