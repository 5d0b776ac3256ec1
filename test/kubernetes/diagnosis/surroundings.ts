import type { ClusterEvent } from '../../../src/kubernetes/cluster-events.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import type { Claim, NodeTaints, Surroundings } from '../../../src/kubernetes/diagnosis/surroundings.js';

export interface Given {
  readonly claims?: readonly Claim[];
  readonly events?: readonly ClusterEvent[];
  readonly storageClasses?: readonly KubernetesObject[];
  readonly nodes?: readonly NodeTaints[];
  readonly deployments?: readonly string[];
}

/** A cluster of a few objects, all in one namespace. */
export function surroundings(given: Given = {}): Surroundings {
  const { claims = [], events = [], storageClasses = [], nodes = [], deployments = [] } = given;
  return {
    pods: () => Promise.resolve([]),
    events: () => Promise.resolve(events),
    replicaSets: () => Promise.resolve([]),
    claim: (_, name) => Promise.resolve(claims.find(({ metadata }) => metadata.name === name)),
    storageClasses: () => Promise.resolve(storageClasses),
    nodes: () => Promise.resolve(nodes),
    deployments: () => Promise.resolve(deployments.map((name) => named('Deployment', name))),
  };
}

export function named(kind: string, name: string, annotations: Record<string, string> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', annotations } };
}

export function event(object: string, reason: string, message: string): ClusterEvent {
  return { at: '2026-11-20T10:00:00Z', type: 'Warning', reason, namespace: 'shop', object, message, count: 1 };
}
