import type { Workload } from '../../../src/kubernetes/workloads.js';
import { readWorkload, type WorkloadObject } from '../../../src/kubernetes/workloads.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import type { WorkloadTarget } from '../../../src/chaos/drill.js';
import { targetPath } from '../../../src/chaos/target.js';
import { eventually } from './control-plane.js';

/** An object in a namespace, with what its kind needs. */
export function object<T extends object>(apiVersion: string, kind: string, name: string, inside: string, rest: T) {
  return { apiVersion, kind, metadata: { name, namespace: inside }, ...rest } satisfies KubernetesObject;
}

export function namespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** A Deployment or StatefulSet whose pods are labelled `app: <name>`. */
export function workload({ kind, namespace: inside, name }: WorkloadTarget, replicas: number, pod: object = {}) {
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'main', image: 'registry.example/web:1' }], ...pod },
  };
  const spec = { replicas, selector: { matchLabels: { app: name } }, template };
  return object('apps/v1', kind === 'deployment' ? 'Deployment' : 'StatefulSet', name, inside, {
    spec: kind === 'deployment' ? spec : { ...spec, serviceName: name },
  });
}

/** Makes it, and waits until all its pods are ready. */
export async function given(client: ClusterClient, target: WorkloadTarget, replicas: number, pod?: object) {
  await client.apply(workload(target, replicas, pod));
  await ready(client, target, replicas);
}

export function ready(client: ClusterClient, target: WorkloadTarget, replicas: number): Promise<Workload> {
  return eventually(async () => {
    const found = await client.get<WorkloadObject>(targetPath(target));
    const read = found && readWorkload(target.kind === 'deployment' ? 'Deployment' : 'StatefulSet', found);
    return read?.ready === replicas && read.wanted === replicas && read.waitingFor === undefined ? read : undefined;
  });
}

export async function replicasOf(client: ClusterClient, target: WorkloadTarget): Promise<number | undefined> {
  return (await client.get<WorkloadObject>(targetPath(target)))?.spec.replicas;
}

/** As `kubectl scale` does it. */
export async function setReplicas(client: ClusterClient, target: WorkloadTarget, replicas: number): Promise<void> {
  await client.patch(`${targetPath(target)}/scale`, { spec: { replicas } });
}
