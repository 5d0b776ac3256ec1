import type { GraphEdge, GraphRelease, ReleaseGraph } from '../../../src/releases/graph/release-graph.js';

/** A release of a graph, on level 1 and never measured where nothing else is said. */
export function node(name: string, more: Partial<GraphRelease> = {}): GraphRelease {
  return { name, namespace: 'apps', chart: `${name} 1.2.3`, level: 1, gates: [], critical: false, ...more };
}

/** `web` waits for `db:ready`. */
export function need(text: string, more: Partial<GraphEdge> = {}): GraphEdge {
  const [from = '', to = '', facet = ''] = text.split(/ waits for |:/);
  return { from, to, facet: facet as GraphEdge['facet'], critical: false, ...more };
}

export function graphOf(more: Partial<ReleaseGraph> = {}): ReleaseGraph {
  return { environment: 'shop', provider: 'kind', releases: [], edges: [], ...more };
}

/** Three releases with written and derived needs, measured, one of them left out. */
export function measuredGraph(): ReleaseGraph {
  return graphOf({
    provider: 'embedded',
    simulation: 'a real control plane with simulated nodes',
    releases: [
      node('calico', { omitted: 'simulated nodes have no network' }),
      node('cert-manager', {
        namespace: 'cert-manager',
        chart: 'https://charts.example.org/stable/cert-manager v1.2.3',
        crdsMs: 400,
        durationMs: 2100,
        gates: [{ facet: 'crds' }, { facet: 'webhook', durationMs: 3000 }],
        critical: true,
      }),
      node('web', { level: 2, durationMs: 900, gates: [{ facet: 'ready' }], critical: true }),
    ],
    edges: [
      need('web waits for cert-manager:webhook', { critical: true }),
      need('web waits for cert-manager:crds', { derived: 'creates Certificate/web' }),
      need('cert-manager waits for calico:ready', { derived: 'its chart was not rendered yet' }),
    ],
    criticalPath: {
      durationMs: 6000,
      steps: [
        { id: 'release/cert-manager', durationMs: 2100 },
        { id: 'gate/cert-manager/webhook', durationMs: 3000 },
        { id: 'release/web', durationMs: 900 },
      ],
      unmeasured: [],
    },
  });
}

/** Names and reasons as nobody should write them. */
export const oddText = `a "quoted" \\ <b>&amp; ; #35; \`tick\` | ]} %% é\n\u0007--> end`;

/** A graph of `count` releases, each of which waits for up to `needs` of those before it. */
export function largeGraph(count: number, needs: number): ReleaseGraph {
  const releases = Array.from({ length: count }, (_, index) => node(`r${String(index)}`));
  const edges = releases.flatMap(({ name }, index) =>
    Array.from({ length: Math.min(needs, index) }, (_, back) =>
      need(`${name} waits for r${String(Math.floor(index / (back + 2)))}:ready`),
    ),
  );
  return graphOf({ releases, edges });
}
