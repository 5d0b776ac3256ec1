import type { ClusterView } from '../kubernetes/cluster-view.js';
import { differencesOf, pathText } from '../kubernetes/object-differences.js';
import { labels, type KubernetesObject } from '../kubernetes/objects.js';
import { amountOf } from '../kubernetes/quantity.js';
import type { Check } from '../plan/step.js';
import { isMap } from '../releases/values/values.js';
import { boundKinds, boundList, boundName, type Bound, type BoundKind } from './bounds.js';

interface Bounded {
  readonly environment: string;
  readonly namespace: string;
  readonly wanted: readonly Bound[];
  /** Kinds of which the namespace may hold one of ours, by its annotation. */
  readonly recorded: readonly BoundKind[];
}

/** Whether a namespace is bounded as wanted: one LIST for each kind that counts, shared by all namespaces. */
export async function checkBounds(bounded: Bounded, view: ClusterView): Promise<Check> {
  const kinds = boundKinds.filter((kind) => bounded.recorded.includes(kind) || wantedOf(kind, bounded));
  const checks = await Promise.all(kinds.map((kind) => checkBound(kind, bounded, view)));
  return (
    checks.find(({ status }) => status === 'blocked') ??
    checks.find(({ status }) => status === 'needed') ?? { status: 'satisfied' }
  );
}

/** True when an object has what is wanted, and nothing beside it. */
export function isAsWanted(live: Bound, wanted: Bound): boolean {
  return differencesIn(live, wanted).length === 0;
}

/** True for an object that this environment has put into a namespace. */
export function isOurs({ metadata }: KubernetesObject, environment: string): boolean {
  return metadata.labels?.[labels.environment] === environment && metadata.labels[labels.section] === 'namespaces';
}

async function checkBound(kind: BoundKind, bounded: Bounded, view: ClusterView): Promise<Check> {
  const { namespace, environment, recorded } = bounded;
  const wanted = wantedOf(kind, bounded);
  const name = boundName(kind);
  if (!wanted) return { status: 'needed', reason: `its ${kind} ${name} is no longer wanted` };
  const live = (await view.list<Bound>(boundList(kind))).find(
    ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
  );
  if (!live) return { status: 'needed', reason: `its ${kind} ${name} is not there` };
  // Where we have put one, it stays ours without its labels.
  if (!isOurs(live, environment) && !recorded.includes(kind)) return takenByOthers(kind, namespace);
  const [difference] = differencesIn(live, wanted);
  if (difference) {
    return { status: 'needed', reason: `its ${kind} ${name} is not as wanted: ${pathText(difference.path)}` };
  }
  if (!isOurs(live, environment)) return { status: 'needed', reason: `its ${kind} ${name} lost its labels` };
  return recorded.includes(kind)
    ? { status: 'satisfied' }
    : { status: 'needed', reason: `it does not say that ${kind} ${name} is ours` };
}

function wantedOf(kind: BoundKind, { wanted }: Bounded): Bound | undefined {
  return wanted.find((bound) => bound.kind === kind);
}

function takenByOthers(kind: BoundKind, namespace: string): Check {
  const name = boundName(kind);
  return {
    status: 'blocked',
    by: `there is a ${kind} ${name} in ${namespace} already, which is not ours`,
    fix: [
      `remove it: kubectl delete ${kind.toLowerCase()} ${name} --namespace ${namespace}`,
      `or take what asks for ours out of namespaces.${namespace} of the environment file`,
    ],
    code: 'conflict',
  };
}

function differencesIn({ spec: live }: Bound, { spec: wanted }: Bound) {
  return differencesOf({ spec: comparable(live) }, { spec: comparable(wanted) });
}

// The API server writes amounts in its own way, and leaves out what is empty.
function comparable(value: unknown): unknown {
  if (typeof value === 'string') return amountOf(value) ?? value;
  if (Array.isArray(value)) return value.map(comparable);
  if (!isMap(value)) return value;
  const kept = Object.entries(value).filter(([, inner]) => !isEmpty(inner));
  return Object.fromEntries(kept.map(([key, inner]) => [key, comparable(inner)]));
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0;
}
