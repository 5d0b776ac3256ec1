import type { ClusterProvider, ClusterState, Difference } from '../../src/clusters/cluster.js';

export const made = { kubernetes: '1.36.3', nodes: 1, at: '2026-01-01T00:00:00.000Z' };
export const running = { status: 'running', made, nodes: [{ name: 'worker', ready: true }] } satisfies ClusterState;
export const stopped = { status: 'stopped', reason: 'its processes are not running', made } satisfies ClusterState;
export const unreachable = {
  status: 'unreachable',
  reason: 'connection refused',
  fix: ['run `platform stop` and then `platform start`'],
  made,
} satisfies ClusterState;

export interface FakeProvider extends ClusterProvider {
  /** What was done to the cluster, in order. */
  readonly calls: string[];
  /** What `inspect` finds; the calls change it as a real cluster would. */
  state: ClusterState;
  parts: readonly string[];
}

/** A provider whose cluster is a variable. */
export function fakeProvider({
  state = { status: 'absent' },
  parts = state.status === 'absent' ? [] : ['container control-plane', 'network shop'],
  different = [],
  ...more
}: Partial<FakeProvider> & { readonly different?: readonly Difference[] } = {}): FakeProvider {
  const name = more.name ?? 'embedded';
  const calls: string[] = more.calls ?? [];
  const call = (what: string) => calls.push(`${name} ${what}`);
  const provider: FakeProvider = {
    name,
    simulation: undefined,
    tools: [],
    kubeconfig: '/nowhere/kubeconfig',
    state,
    parts,
    calls,
    unsupported: () => undefined,
    inspect: () => Promise.resolve(provider.state),
    differences: () => different,
    create() {
      call('create');
      provider.state = running;
      provider.parts = ['container control-plane'];
      return Promise.resolve('made');
    },
    start() {
      call('start');
      provider.state = running;
      return Promise.resolve('started');
    },
    stop() {
      call('stop');
      provider.state = stopped;
      return Promise.resolve('stopped');
    },
    delete() {
      call('delete');
      const removed = provider.parts;
      provider.state = { status: 'absent' };
      provider.parts = [];
      return Promise.resolve(removed);
    },
    remains: () => Promise.resolve(provider.parts),
    logs: () => Promise.resolve([]),
    ...more,
  };
  return provider;
}
