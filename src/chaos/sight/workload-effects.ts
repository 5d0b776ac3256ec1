import type { WorkloadTarget } from '../drill.js';
import type { Course, SeriesEffect } from './effect.js';
import type { AffectedPod, Named } from './surroundings.js';

/** What kube-state-metrics says of a workload once it has as many replicas as it shall have. */
export function replicasBecome(
  target: WorkloadTarget,
  replicas: number,
  pods: readonly AffectedPod[],
): readonly SeriesEffect[] {
  const labels = { namespace: [target.namespace], [target.kind]: [target.name] };
  const value: Course = { type: 'value', value: replicas };
  const replicaSets = [...new Set(pods.flatMap(({ replicaSet }) => replicaSet ?? []))];
  return target.kind === 'statefulset'
    ? [
        {
          metric: /^kube_statefulset_(replicas|status_replicas(_(ready|available|current|updated))?)$/,
          labels,
          course: value,
        },
      ]
    : [
        {
          metric: /^kube_deployment_(spec_replicas|status_replicas(_(ready|available|updated))?)$/,
          labels,
          course: value,
        },
        { metric: /^kube_deployment_status_replicas_unavailable$/, labels, course: { type: 'value', value: 0 } },
        {
          metric: /^kube_replicaset_(spec_replicas|status_(replicas|ready_replicas|fully_labeled_replicas))$/,
          labels: { namespace: [target.namespace], replicaset: replicaSets },
          course: value,
        },
      ];
}

/** Workloads that lose pods have fewer ready ones until those are replaced. */
export function dipsOf(going: readonly AffectedPod[], forMs: number): readonly SeriesEffect[] {
  return going.flatMap(({ workload, replicaSet }) => {
    if (workload === undefined) return [];
    const { kind, namespace, name } = workload;
    const lost = going.filter((pod) => pod.workload?.name === name && pod.workload.namespace === namespace).length;
    const labels = { namespace: [namespace], [kind]: [name] };
    const fewer: Course = { type: 'dip', by: lost, forMs };
    if (kind === 'statefulset')
      return [{ metric: /^kube_statefulset_status_replicas_(ready|available)$/, labels, course: fewer }];
    return [
      { metric: /^kube_deployment_status_replicas_(ready|available)$/, labels, course: fewer },
      { metric: /^kube_deployment_status_replicas_unavailable$/, labels, course: { type: 'dip', by: -lost, forMs } },
      {
        metric: /^kube_replicaset_status_ready_replicas$/,
        labels: { namespace: [namespace], replicaset: replicaSet === undefined ? [] : [replicaSet] },
        course: fewer,
      },
    ];
  });
}

/** Services that lead to nobody any more. */
export function noEndpoints(services: readonly Named[]): readonly SeriesEffect[] {
  return services.flatMap(({ namespace, name }) => {
    const labels = { namespace: [namespace], endpoint: [name] };
    return [
      { metric: /^kube_endpoint_address_(not_ready|available)$/, labels, course: { type: 'value', value: 0 } },
      { metric: /^kube_endpoint_address$/, labels, course: { type: 'gone' } },
    ];
  });
}

/** An autoscaler of what has no replicas does nothing, and says so. */
export function autoscalersOff(autoscalers: readonly Named[]): readonly SeriesEffect[] {
  return autoscalers.flatMap(({ namespace, name }) => {
    const labels = { namespace: [namespace], horizontalpodautoscaler: [name] };
    const active = { ...labels, condition: ['ScalingActive'] };
    const condition = /^kube_horizontalpodautoscaler_status_condition$/;
    return [
      {
        metric: /^kube_horizontalpodautoscaler_status_(current|desired)_replicas$/,
        labels,
        course: { type: 'value', value: 0 },
      },
      { metric: condition, labels: { ...active, status: ['true'] }, course: { type: 'value', value: 0 } },
      { metric: condition, labels: { ...active, status: ['false'] }, course: { type: 'value', value: 1 } },
    ];
  });
}
