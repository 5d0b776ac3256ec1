import type { Clock } from '../clock.js';
import type { Release } from '../environment/environment.js';
import type { ClusterView, NamespaceObject } from '../kubernetes/cluster-view.js';
import { labels } from '../kubernetes/objects.js';
import type { Check, Step, StepContext } from '../plan/step.js';
import { poll } from '../poll.js';

/** Namespaces that every cluster has; they are not ours to label. */
const givenNamespaces: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

const lookIntervalMs = 250;

const levels = ['restricted', 'baseline', 'privileged'] as const;
type Level = (typeof levels)[number];

export function namespaceId(namespace: string): string {
  return `namespace/${namespace}`;
}

export interface NamespaceOptions {
  readonly environment: string;
  /** Every release that belongs into this cluster. */
  readonly tenants: readonly Release[];
  /** Those of them that are installed in this run: their namespaces are seen to. */
  readonly installed: readonly Release[];
  readonly view: ClusterView;
  readonly clock: Clock;
  readonly needs: readonly string[];
  /** Called before each write to the cluster. */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
}

/** One step for each namespace of the installed releases: labels and Pod Security level. */
export function namespaceSteps(options: NamespaceOptions): Step[] {
  const { installed, tenants } = options;
  return [...new Set(installed.map(({ namespace }) => namespace))].filter(isOwnNamespace).map((namespace) => {
    const level = loosest(tenants.filter((release) => release.namespace === namespace));
    return namespaceStep(namespace, level, options);
  });
}

/** True for the namespaces that {@link namespaceSteps} makes a step of. */
export function isOwnNamespace(namespace: string): boolean {
  return !givenNamespaces.has(namespace);
}

function namespaceStep(namespace: string, level: Level, options: NamespaceOptions): Step {
  const { environment, view, clock, needs, ensureOwned } = options;
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
    // A namespace of the same name may still be ending, and another machine's Lease may have to be watched for 40 s.
    budgetMs: 120_000,
    estimateMs: 50,
    async check(): Promise<Check> {
      const found = await find(namespace, view);
      if (!found) return { status: 'needed', reason: 'new' };
      if (isEnding(found)) return { status: 'needed', reason: 'the former one is still ending' };
      const other = Object.entries(wanted).find(([key, value]) => found.metadata.labels?.[key] !== value);
      if (!other) return { status: 'satisfied' };
      return { status: 'needed', reason: `its label ${other[0]} is not ${other[1]}` };
    },
    async apply(context) {
      const { signal } = context;
      await untilEnded(namespace, { view, clock }, context);
      await ensureOwned(signal);
      const client = await view.connection();
      await client?.apply(
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: wanted } },
        signal,
      );
      view.forget();
      return undefined;
    },
  };
}

// Nothing can be put into a namespace that is being deleted.
async function untilEnded(
  namespace: string,
  { view, clock }: Pick<NamespaceOptions, 'view' | 'clock'>,
  context: StepContext,
): Promise<void> {
  await poll(context.signal, clock, lookIntervalMs, async () => {
    const found = await find(namespace, view, lookIntervalMs);
    if (!found || !isEnding(found)) return true;
    const remaining = found.status?.conditions?.find(({ status }) => status === 'True')?.message;
    context.progress({ message: `waiting for the end of the former one${remaining ? `: ${remaining}` : ''}` });
    return undefined;
  });
}

async function find(namespace: string, view: ClusterView, maxAgeMs?: number): Promise<NamespaceObject | undefined> {
  const namespaces = await view.namespaces(maxAgeMs);
  return namespaces.find(({ metadata }) => metadata.name === namespace);
}

function isEnding({ status }: NamespaceObject): boolean {
  return status?.phase === 'Terminating';
}

// One namespace has one level, so it is the loosest that any of its releases needs.
function loosest(releases: readonly Release[]): Level {
  const ranks = releases.map(({ podSecurity, catalogue }) =>
    levels.indexOf((podSecurity ?? catalogue?.podSecurity)?.level ?? 'restricted'),
  );
  return levels[Math.max(...ranks)] ?? 'restricted';
}
