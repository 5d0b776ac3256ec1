import type { Release } from '../environment/environment.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import { labels } from '../kubernetes/objects.js';
import type { Check, Step } from '../plan/step.js';

/** Namespaces that every cluster has; they are not ours to label. */
const givenNamespaces: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

const levels = ['restricted', 'baseline', 'privileged'] as const;
type Level = (typeof levels)[number];

export function namespaceId(namespace: string): string {
  return `namespace/${namespace}`;
}

/** One step for each namespace of some releases: labels and Pod Security level. */
export function namespaceSteps(
  environment: string,
  releases: readonly Release[],
  view: ClusterView,
  needs: readonly string[],
): Step[] {
  return [...new Set(releases.map(({ namespace }) => namespace))].filter(isOwnNamespace).map((namespace) => {
    const tenants = releases.filter((release) => release.namespace === namespace);
    return namespaceStep(environment, namespace, loosest(tenants), view, needs);
  });
}

/** True for the namespaces that {@link namespaceSteps} makes a step of. */
export function isOwnNamespace(namespace: string): boolean {
  return !givenNamespaces.has(namespace);
}

function namespaceStep(
  environment: string,
  namespace: string,
  level: Level,
  view: ClusterView,
  needs: readonly string[],
): Step {
  const wanted = {
    [labels.environment]: environment,
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/warn': level,
  };
  return {
    id: namespaceId(namespace),
    title: `namespace ${namespace}`,
    needs,
    lane: 'api',
    // A namespace of the same name may still be ending.
    budgetMs: 60_000,
    estimateMs: 50,
    async check(): Promise<Check> {
      const namespaces = await view.namespaces();
      const found = namespaces.find(({ metadata }) => metadata.name === namespace);
      if (!found) return { status: 'needed', reason: 'new' };
      const other = Object.entries(wanted).find(([key, value]) => found.metadata.labels?.[key] !== value);
      if (!other) return { status: 'satisfied' };
      return { status: 'needed', reason: `its label ${other[0]} is not ${other[1]}` };
    },
    async apply({ signal }) {
      const client = await view.connection();
      await client?.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: wanted } }, signal);
      view.forget();
      return undefined;
    },
  };
}

// One namespace has one level, so it is the loosest that any of its releases needs.
function loosest(releases: readonly Release[]): Level {
  const ranks = releases.map(({ catalogue }) => levels.indexOf(catalogue?.podSecurity.level ?? 'restricted'));
  return levels[Math.max(...ranks)] ?? 'restricted';
}
