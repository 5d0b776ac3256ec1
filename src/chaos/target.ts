import type { Fault, WorkloadTarget } from './drill.js';

/** The workload that a fault acts on; none where it is a node by its name. */
export function targetOf(fault: Fault): WorkloadTarget | undefined {
  if (fault.type !== 'drain') return fault.target;
  return typeof fault.node === 'string' ? undefined : fault.node;
}

/** For people: `statefulset/postgres in app-services`. */
export function targetSubject({ kind, namespace, name }: WorkloadTarget): string {
  return `${kind}/${name} in ${namespace}`;
}

/** At the API server. */
export function targetPath({ kind, namespace, name }: WorkloadTarget): string {
  return `/apis/apps/v1/namespaces/${namespace}/${kind}s/${name}`;
}

/** Whether an autoscaler's `scaleTargetRef`, or another reference inside a namespace, means a target. */
export function refersTo(
  { kind, name }: { readonly kind: string; readonly name: string },
  target: Pick<WorkloadTarget, 'kind' | 'name'> | undefined,
): boolean {
  return kind.toLowerCase() === target?.kind && name === target.name;
}
