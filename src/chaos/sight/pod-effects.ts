import type { Course, SeriesEffect } from './effect.js';
import type { AffectedPod } from './surroundings.js';

/** What is measured in a pod, and what the cluster says of it. */
export function goneWith(pods: readonly AffectedPod[], course: Course): readonly SeriesEffect[] {
  return pods.flatMap(({ namespace, name, address }) => [
    { labels: { namespace: [namespace], pod: [name] }, course },
    { metric: /^kube_endpointslice_endpoints$/, labels: { namespace: [namespace], targetref_name: [name] }, course },
    ...(address === undefined ? [] : [{ labels: {}, host: address, course }]),
  ]);
}

/** What is measured in pods that nobody reaches: `up` stays, as 0, since they are still discovered. */
export function silencedBy(pods: readonly AffectedPod[]): readonly SeriesEffect[] {
  return pods.flatMap(({ namespace, name }) => [
    { metric: /^up$/, labels: { namespace: [namespace], pod: [name] }, course: { type: 'value', value: 0 } },
    { metric: notOfCluster, labels: { namespace: [namespace], pod: [name] }, course: { type: 'gone' } },
  ]);
}

/** Metrics that are measured in the pods themselves, and not by the cluster. */
const notOfCluster = /^(?!kube_|container_|kubelet_|scrape_)/;
