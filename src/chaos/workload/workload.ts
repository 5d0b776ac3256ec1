import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { Labels, LabelSelector } from '../../kubernetes/label-selector.js';
import type { WorkloadObject } from '../../kubernetes/workloads.js';
import type { WorkloadTarget } from '../drill.js';
import { targetPath, targetSubject } from '../target.js';
import type { OwnedObject, PodSpec } from './pod.js';

/** A Deployment or StatefulSet with what decides on a drill. */
export interface TargetObject extends WorkloadObject {
  readonly metadata: OwnedObject['metadata'];
  readonly spec: WorkloadObject['spec'] & {
    readonly selector: LabelSelector;
    readonly paused?: boolean;
    readonly minReadySeconds?: number;
    readonly podManagementPolicy?: 'OrderedReady' | 'Parallel';
    readonly template: {
      readonly metadata?: { readonly labels?: Labels; readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name?: string } }[];
    readonly persistentVolumeClaimRetentionPolicy?: { readonly whenScaled?: 'Retain' | 'Delete' };
  };
}

/** The workload that a drill acts on, as it is now. */
export interface TargetWorkload {
  readonly target: WorkloadTarget;
  readonly path: string;
  readonly uid: string;
  /** `statefulset/postgres in app-services`. */
  readonly subject: string;
  readonly selector: LabelSelector;
  readonly object: TargetObject;
}

/** `undefined` when there is no such workload. */
export async function findWorkload(
  target: WorkloadTarget,
  client: Pick<ClusterClient, 'get'>,
  signal: AbortSignal,
): Promise<TargetWorkload | undefined> {
  const path = targetPath(target);
  const object = await client.get<TargetObject>(path, signal);
  if (!object) return undefined;
  const { metadata, spec } = object;
  return { target, path, uid: metadata.uid ?? '', subject: targetSubject(target), selector: spec.selector, object };
}

/** @throws PlatformError `conflict` when there is no such workload */
export async function readTarget(
  target: WorkloadTarget,
  client: Pick<ClusterClient, 'get'>,
  signal: AbortSignal,
): Promise<TargetWorkload> {
  const found = await findWorkload(target, client, signal);
  if (found) return found;
  throw new PlatformError('conflict', `there is no ${targetSubject(target)}`, {
    suggestions: [
      `see what there is: kubectl get ${target.kind}s --namespace ${target.namespace}`,
      'correct the target of the drill, or build the environment with `platform up`',
    ],
  });
}
