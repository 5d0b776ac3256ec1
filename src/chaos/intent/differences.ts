import type { Change } from '../../../assets/apps/src/reaper/intent.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { Condition, KubernetesObject } from '../../kubernetes/objects.js';

/** Something that is not as it was before the fault. */
export interface Difference {
  /** `statefulset/postgres in app-services has 0 of 1 pods ready`. */
  readonly what: string;
  /** Time alone may heal it. */
  readonly settles: boolean;
}

interface Observed extends KubernetesObject {
  readonly spec?: { readonly replicas?: number; readonly unschedulable?: boolean };
  readonly status?: { readonly readyReplicas?: number; readonly conditions?: readonly Condition[] };
}

type Of<Type extends Change['type']> = Extract<Change, { readonly type: Type }>;

export function isSettling({ settles }: Difference): boolean {
  return settles;
}

/** How what a drill changed differs from what was recorded. */
export function differencesOf(change: Change, client: ClusterClient, signal?: AbortSignal): Promise<Difference[]> {
  switch (change.type) {
    case 'scale':
      return ofScale(change, client, signal);
    case 'object':
      return ofObject(change, client, signal);
    case 'cordon':
      return ofNode(change, client, signal);
    case 'annotation':
      return ofAnnotation(change, client, signal);
    case 'pods':
      return ofPods(change, client, signal);
  }
}

async function ofScale(
  { path, uid, subject, from, autoscalers = [] }: Of<'scale'>,
  client: ClusterClient,
  signal?: AbortSignal,
): Promise<Difference[]> {
  const workload = await client.get<Observed>(path, signal);
  if (!workload) return [lasting(`${subject} is gone`)];
  if (workload.metadata.uid !== uid) return [lasting(`${subject} is another object of that name`)];
  const wanted = workload.spec?.replicas ?? 1;
  const scaling = await Promise.all(autoscalers.map((autoscaler) => ofAutoscaler(autoscaler, client, signal)));
  // An autoscaler may go on from where it was brought back to.
  const isOwn = wanted === from || (autoscalers.length > 0 && wanted > 0 && scaling.flat().length === 0);
  return [
    ...(isOwn ? [] : [lasting(`${subject} wants ${counted(wanted)}, not ${String(from)}`)]),
    ...readiness(subject, workload, wanted),
    ...scaling.flat(),
  ];
}

async function ofAutoscaler(path: string, client: ClusterClient, signal?: AbortSignal): Promise<Difference[]> {
  const name = path.split('/').at(-1) ?? path;
  const autoscaler = await client.get<Observed>(path, signal);
  if (!autoscaler) return [lasting(`the autoscaler ${name} is gone`)];
  const active = autoscaler.status?.conditions?.find(({ type }) => type === 'ScalingActive');
  if (active?.status === 'True') return [];
  return [settling(`the autoscaler ${name} is not active: ${active?.reason ?? 'it says nothing yet'}`)];
}

async function ofPods({ controller }: Of<'pods'>, client: ClusterClient, signal?: AbortSignal): Promise<Difference[]> {
  const owner = controller === undefined ? undefined : await client.get<Observed>(controller, signal);
  if (!owner) return [];
  const { name, namespace = 'default' } = owner.metadata;
  return readiness(`${owner.kind.toLowerCase()}/${name} in ${namespace}`, owner, owner.spec?.replicas ?? 1);
}

async function ofNode({ path, uid, subject, from }: Of<'cordon'>, client: ClusterClient, signal?: AbortSignal) {
  const node = await client.get<Observed>(path, signal);
  if (!node) return [lasting(`${subject} is gone`)];
  if (node.metadata.uid !== uid) return [lasting(`${subject} is another object of that name`)];
  if ((node.spec?.unschedulable ?? false) === from) return [];
  return [lasting(from ? `${subject} takes pods, and did not before` : `${subject} takes no new pods`)];
}

async function ofObject({ path, subject }: Of<'object'>, client: ClusterClient, signal?: AbortSignal) {
  const object = await client.get(path, signal);
  if (!object) return [];
  // A finalizer, for one, keeps it for a while.
  const isEnding = object.metadata.deletionTimestamp !== undefined;
  return [{ what: `${subject} is still there`, settles: isEnding }];
}

async function ofAnnotation(change: Of<'annotation'>, client: ClusterClient, signal?: AbortSignal) {
  const { collection, labelSelector, key, subject } = change;
  const pods = await client.list(collection, { labelSelector, metadataOnly: true }, signal);
  const left = pods.filter(({ metadata }) => metadata.annotations?.[key] !== undefined);
  return left.length > 0 ? [lasting(`${subject} is still on ${String(left.length)} pods`)] : [];
}

function readiness(subject: string, { status }: Observed, wanted: number): Difference[] {
  const ready = status?.readyReplicas ?? 0;
  return ready < wanted ? [settling(`${subject} has ${String(ready)} of ${String(wanted)} pods ready`)] : [];
}

function settling(what: string): Difference {
  return { what, settles: true };
}

function lasting(what: string): Difference {
  return { what, settles: false };
}

function counted(replicas: number): string {
  return replicas === 1 ? '1 replica' : `${String(replicas)} replicas`;
}
