import type { Fault } from '../drill.js';
import type { AffectedPod, Surroundings } from './surroundings.js';

/** The pods that a fault ends. */
export function podsThatGo(fault: Fault, { pods }: Surroundings): readonly AffectedPod[] {
  switch (fault.type) {
    case 'scale':
      return fault.target.kind === 'statefulset'
        ? pods.filter(({ name }) => ordinalOf(name) >= fault.replicas)
        : pods.slice(fault.replicas);
    case 'kill':
      return fault.count === 'all' ? pods : pods.slice(0, fault.count);
    case 'drain':
      return pods.filter(({ staysWithNode }) => !staysWithNode);
    case 'cut':
    case 'load':
      return [];
  }
}

function ordinalOf(pod: string): number {
  return Number(/\d+$/.exec(pod)?.[0] ?? 0);
}
