import type { Clock } from '../clock.js';
import type { NamespaceSettings, Release } from '../environment/environment.js';
import type { ClusterClient } from '../kubernetes/client.js';
import type { ClusterView, NamespaceObject } from '../kubernetes/cluster-view.js';
import { isGivenNamespace } from '../kubernetes/given-namespaces.js';
import type { Check, Step, StepContext } from '../plan/step.js';
import { poll } from '../poll.js';
import { applyBounds, removeBounds } from './apply-bounds.js';
import { boundKinds, boundsOf, kindsIn, type BoundKind } from './bounds.js';
import { checkBounds } from './compare-bounds.js';
import { namespaceLabels } from './labels.js';

const lookIntervalMs = 250;

/** Which kinds of objects of ours may be in a namespace; on it, because all namespaces are looked at anyway. */
const boundsAnnotation = 'platform.dev/bounds';

export function namespaceId(namespace: string): string {
  return `namespace/${namespace}`;
}

export interface NamespaceOptions {
  readonly environment: string;
  /** What namespaces are given beside their labels, by name. */
  readonly settings: Readonly<Record<string, NamespaceSettings>>;
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

/** One step for each namespace of the installed releases: its labels, its Pod Security level, and what bounds it. */
export function namespaceSteps(options: NamespaceOptions): Step[] {
  const namespaces = new Set(options.installed.map(({ namespace }) => namespace));
  return [...namespaces].filter(isOwnNamespace).map((namespace) => namespaceStep(namespace, options));
}

/** True for the namespaces that {@link namespaceSteps} makes a step of. */
export function isOwnNamespace(namespace: string): boolean {
  return !isGivenNamespace(namespace);
}

function namespaceStep(namespace: string, options: NamespaceOptions): Step {
  const { environment, settings, tenants, view, clock, needs, ensureOwned } = options;
  const labels = namespaceLabels(namespace, environment, tenants);
  const bounds = boundsOf(namespace, environment, Object.hasOwn(settings, namespace) ? settings[namespace] : undefined);
  const wantedKinds = bounds.map(({ kind }) => kind);
  const apply = (client: ClusterClient, kinds: readonly BoundKind[], signal: AbortSignal) =>
    client.apply(namespaceObject(namespace, labels, kinds), signal);
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
      const other = Object.entries(labels).find(([key, value]) => found.metadata.labels?.[key] !== value);
      if (other) return { status: 'needed', reason: `its label ${other[0]} is not ${other[1]}` };
      return checkBounds({ environment, namespace, wanted: bounds, recorded: recordedIn(found) }, view);
    },
    async apply(context) {
      const { signal } = context;
      await untilEnded(namespace, { view, clock }, context);
      await ensureOwned(signal);
      const client = await view.connection();
      if (!client) return undefined;
      const found = await find(namespace, view);
      const surplus = (found ? recordedIn(found) : []).filter((kind) => !wantedKinds.includes(kind));
      // What may be there is written down first: a run that is cut short leaves nothing behind that nobody knows of.
      await apply(client, [...wantedKinds, ...surplus], signal);
      view.forget();
      await applyBounds(bounds, client, clock, context);
      await removeBounds(surplus, { namespace, environment }, client, signal);
      if (surplus.length > 0) await apply(client, wantedKinds, signal);
      view.forget();
      return undefined;
    },
  };
}

function namespaceObject(name: string, labels: Readonly<Record<string, string>>, kinds: readonly BoundKind[]) {
  const listed = boundKinds.filter((kind) => kinds.includes(kind)).join(',');
  const annotations = listed === '' ? undefined : { [boundsAnnotation]: listed };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels, ...(annotations && { annotations }) } };
}

function recordedIn({ metadata }: NamespaceObject): BoundKind[] {
  return kindsIn(metadata.annotations?.[boundsAnnotation]);
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
