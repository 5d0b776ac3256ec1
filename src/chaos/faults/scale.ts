import type { Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { hasCondition, type KubernetesObject } from '../../kubernetes/objects.js';
import { autoscalerPath, autoscalersOf } from '../autoscaling/autoscaler.js';
import type { Fault, WorkloadTarget } from '../drill.js';
import { targetPath, targetSubject } from '../target.js';
import { changedSince, compareAndSet } from './compare-and-set.js';
import { namespaceGrant } from './grants.js';
import type { FaultOptions, PlannedFault } from './planned-fault.js';

interface Scale extends KubernetesObject {
  /** The API server leaves a 0 out. */
  readonly spec?: { readonly replicas?: number };
}

/**
 * Sets the replicas of a workload. By its scale subresource: a patch of `spec.replicas` would make its next
 * `helm upgrade` fail with a conflict of field managers.
 */
export async function planScale(
  { target, replicas: to }: Extract<Fault, { type: 'scale' }>,
  { run, signal }: FaultOptions,
  { client, clock }: { readonly client: ClusterClient; readonly clock: Clock },
): Promise<PlannedFault> {
  const subject = targetSubject(target);
  const path = targetPath(target);
  const planned = await client.get<Scale>(`${path}/scale`, signal);
  if (!planned) throw new PlatformError('conflict', `there is no ${subject}`, { suggestions: [lookFor(target)] });
  const uid = planned.metadata.uid ?? '';
  const from = planned.spec?.replicas ?? 0;
  if (from === to) {
    throw new PlatformError('conflict', `${subject} has ${String(from)} replicas already: the drill changes nothing`, {
      suggestions: ['see with `platform status` whether a drill is still open, and why nothing runs'],
    });
  }
  const autoscalers = await activeAutoscalers(target, client, signal);
  const rule = {
    apiGroups: ['apps'],
    resources: [`${target.kind}s/scale`],
    resourceNames: [target.name],
    verbs: ['get', 'update'],
  };
  return {
    changes: [{ type: 'scale', path, uid, subject, from, to, ...(autoscalers.length > 0 && { autoscalers }) }],
    grants: namespaceGrant(run, target.namespace, [rule]),
    async inject(injecting, onDone) {
      let sentAt: number | undefined;
      await compareAndSet(subject, { clock, signal: injecting }, async (mayBeDone) => {
        const scale = await client.get<Scale>(`${path}/scale`, injecting);
        if (!scale) throw changedSince(subject, 'it is gone');
        if (scale.metadata.uid !== uid) throw changedSince(subject, 'another object has its name');
        const replicas = scale.spec?.replicas ?? 0;
        const isDone = mayBeDone && replicas === to;
        if (!isDone && replicas !== from) {
          throw changedSince(subject, `somebody set ${String(replicas)} replicas, it had ${String(from)}`);
        }
        if (isDone) return;
        sentAt ??= clock.now();
        await client.replace(`${path}/scale`, { ...scale, spec: { ...scale.spec, replicas: to } }, injecting);
        sentAt = clock.now();
      });
      // Of a write whose answer was lost only this is known.
      onDone?.(sentAt ?? clock.now());
      return { detail: `${subject} was scaled from ${String(from)} to ${String(to)}` };
    },
  };
}

async function activeAutoscalers(
  target: WorkloadTarget,
  client: ClusterClient,
  signal: AbortSignal,
): Promise<string[]> {
  const autoscalers = await autoscalersOf(target, client, signal);
  return autoscalers
    .filter(({ status }) => hasCondition(status.conditions, 'ScalingActive'))
    .map(({ metadata }) => autoscalerPath(metadata));
}

function lookFor({ kind, namespace }: WorkloadTarget): string {
  return `see what there is: kubectl get ${kind}s --namespace ${namespace}`;
}
