import type { Container } from '../../containers/engine.js';
import type { ClusterMade, ClusterState } from '../cluster.js';
import { isControlPlane } from './node-containers.js';

export interface Found {
  /** By its record; `undefined` where it was never complete. */
  readonly made: ClusterMade | undefined;
  readonly containers: readonly Container[];
  /** Whether there is anything else of it on this machine. */
  readonly hasFolder: boolean;
}

/** What the containers tell about a cluster; `undefined` when all of them run, so that only its API server knows more. */
export function stateByContainers({ made, containers, hasFolder }: Found): ClusterState | undefined {
  if (!made) {
    const isBegun = containers.length > 0 || hasFolder;
    return isBegun ? { status: 'incomplete', reason: 'its making was cut short' } : { status: 'absent' };
  }
  if (containers.length === 0) return { status: 'absent' };
  // Its data was in there.
  if (!containers.some(isControlPlane)) {
    return { status: 'incomplete', reason: 'the container of its control plane is gone' };
  }
  const paused = containers.filter(({ status }) => status === 'paused').map(({ name }) => name);
  if (paused.length > 0) {
    const fix = [`docker unpause ${paused.join(' ')}`];
    return { status: 'unreachable', reason: `${listed(paused)} paused`, fix, made };
  }
  const ended = containers.filter(({ status }) => status !== 'running').map(({ name }) => name);
  if (ended.length === 0) return undefined;
  return { status: 'stopped', reason: `${listed(ended)} not running`, made };
}

function listed(names: readonly string[]): string {
  return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'}`;
}
