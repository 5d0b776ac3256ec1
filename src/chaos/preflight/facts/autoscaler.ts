import type { ClusterClient } from '../../../kubernetes/client.js';
import { listAutoscalers, type Autoscaler } from '../../autoscaling/autoscaler.js';
import type { Drill, WorkloadTarget } from '../../drill.js';
import { refersTo } from '../../target.js';
import type { PodSpec } from '../../workload/pod.js';
import { answerOf, asked } from '../asked.js';
import { readMetricsResolution } from './metrics-resolution.js';
import { readWorkloadFacts } from './workload.js';

export interface AutoscalerFacts {
  /** The one that the drill expects, or else the one that has its target. */
  readonly autoscaler?: Autoscaler;
  /** Names of all in its namespace. */
  readonly names: readonly string[];
  /** Pods that it scales, or the template of those that it would make where there are none. */
  readonly pods: readonly PodSpec[];
  /** How often what they use is measured, in milliseconds; absent where it is not known. */
  readonly metricsResolutionMs?: number;
}

/** The autoscaler that a drill is about; `undefined` where it is about none. */
export async function readAutoscaler(
  client: Pick<ClusterClient, 'get' | 'list'>,
  { expect }: Drill,
  target: WorkloadTarget | undefined,
  signal: AbortSignal,
): Promise<AutoscalerFacts | undefined> {
  const namespace = expect.autoscaler?.namespace ?? target?.namespace;
  if (namespace === undefined) return undefined;
  const all = await listAutoscalers(client, namespace, signal);
  const autoscaler = all.find(({ metadata, spec: { scaleTargetRef } }) =>
    expect.autoscaler ? metadata.name === expect.autoscaler.name : refersTo(scaleTargetRef, target),
  );
  if (!autoscaler && !expect.autoscaler) return undefined;
  const resolution = answerOf(await asked(() => readMetricsResolution(client, signal), signal));
  return {
    ...(autoscaler && { autoscaler }),
    names: all.map(({ metadata }) => metadata.name),
    pods: autoscaler ? await podsOf(client, autoscaler, namespace, signal) : [],
    ...(resolution !== undefined && { metricsResolutionMs: resolution }),
  };
}

async function podsOf(
  client: Pick<ClusterClient, 'get' | 'list'>,
  { spec: { scaleTargetRef } }: Autoscaler,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly PodSpec[]> {
  const kind = scaleTargetRef.kind.toLowerCase();
  if (kind !== 'deployment' && kind !== 'statefulset') return [];
  const { object, pods } = await readWorkloadFacts(client, { kind, namespace, name: scaleTargetRef.name }, signal);
  const running = pods.filter(({ status }) => status?.phase === 'Running').map(({ spec }) => spec);
  // A namespace's defaults are in the pods and not in the template.
  return running.length > 0 ? running : object ? [object.spec.template.spec] : [];
}
