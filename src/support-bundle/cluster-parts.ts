import type { ClusterProvider } from '../clusters/cluster.js';
import type { ClusterClient } from '../kubernetes/client.js';
import { listEvents } from '../kubernetes/cluster-events.js';
import type { ClusterView, ConditionedObject } from '../kubernetes/cluster-view.js';
import { listPods } from '../kubernetes/pods.js';
import { observeReleases } from '../releases/helm/observed.js';
import { tailOf } from '../tail.js';
import type { Part } from './part.js';

const logLines = 500;

/** What the cluster tells about itself; of Secrets only the names of Helm's releases. */
export function clusterParts(
  provider: Pick<ClusterProvider, 'name' | 'simulation' | 'inspect' | 'logs'>,
  view: ClusterView,
): Part[] {
  const inCluster = (name: string, ask: (client: ClusterClient) => Promise<readonly object[]>): Part => ({
    name,
    async collect() {
      const client = await view.connection();
      if (!client) throw new Error('the cluster is not running');
      return [{ path: `cluster/${name}.json`, content: await ask(client) }];
    },
  });
  return [
    {
      name: 'cluster',
      async collect() {
        const { name, simulation = null } = provider;
        return [
          { path: 'cluster/state.json', content: { provider: name, simulation, state: await provider.inspect() } },
        ];
      },
    },
    inCluster('nodes', async (client) => {
      const nodes = await client.list<ConditionedObject>('/api/v1/nodes');
      return nodes.map(({ metadata: { name, labels, creationTimestamp }, status }) => {
        return { name, labels, creationTimestamp, conditions: status?.conditions };
      });
    }),
    inCluster('releases', async () => [...(await observeReleases(view)).values()]),
    inCluster('workloads', () => view.workloads()),
    inCluster('pods', (client) => listPods(client, undefined)),
    inCluster('events', (client) => listEvents(client, undefined)),
    {
      name: 'logs',
      async collect() {
        const files = await provider.logs();
        return Promise.all(
          files.map(async ({ name, file }) => {
            const { lines } = await tailOf(file, logLines);
            return { path: `logs/${name}.log`, content: `${lines.join('\n')}\n` };
          }),
        );
      },
    },
  ];
}
