import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { LabelSelector } from '../../kubernetes/label-selector.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import type { WorkloadTarget } from '../drill.js';

/** The workload that a drill acts on, as it is now. */
export interface TargetWorkload {
  readonly target: WorkloadTarget;
  readonly path: string;
  readonly uid: string;
  /** `statefulset/postgres in app-services`. */
  readonly subject: string;
  readonly selector: LabelSelector;
  /** Of the pods it makes. */
  readonly annotations: Readonly<Record<string, string>>;
}

interface WorkloadObject extends KubernetesObject {
  readonly spec: {
    readonly selector: LabelSelector;
    readonly template?: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } };
  };
}

/** @throws PlatformError `conflict` when there is no such workload */
export async function readTarget(
  target: WorkloadTarget,
  client: Pick<ClusterClient, 'get'>,
  signal: AbortSignal,
): Promise<TargetWorkload> {
  const path = targetPath(target);
  const object = await client.get<WorkloadObject>(path, signal);
  if (!object) {
    throw new PlatformError('conflict', `there is no ${targetSubject(target)}`, {
      suggestions: [
        `see what there is: kubectl get ${target.kind}s --namespace ${target.namespace}`,
        'correct the target of the drill, or build the environment with `platform up`',
      ],
    });
  }
  return {
    target,
    path,
    uid: object.metadata.uid ?? '',
    subject: targetSubject(target),
    selector: object.spec.selector,
    annotations: object.spec.template?.metadata?.annotations ?? {},
  };
}

export function targetPath({ kind, namespace, name }: WorkloadTarget): string {
  return `/apis/apps/v1/namespaces/${namespace}/${kind}s/${name}`;
}

export function targetSubject({ kind, namespace, name }: WorkloadTarget): string {
  return `${kind}/${name} in ${namespace}`;
}
