import type { Autoscaler, ScalingRules } from './autoscaler.js';

/*
 * What the controller of Kubernetes does with a wish for so many replicas, as of 1.36
 * (pkg/controller/podautoscaler/horizontal.go): it holds it back for a window, then lets only so much of it through as
 * the policies allow. All times are seconds.
 */

/** How often it looks at an autoscaler; its flag cannot be read from outside. */
export const syncSeconds = 15;
/** Its flag for the window of scaling down, where the autoscaler says none. */
const downWindowSeconds = 300;

/** Defaults of the API as soon as an autoscaler has a behavior. */
const defaultUp = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
} satisfies ScalingRules;
const defaultDown = {
  stabilizationWindowSeconds: downWindowSeconds,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
} satisfies ScalingRules;

export interface Wish {
  readonly at: number;
  readonly replicas: number;
}

/** A change that was made: positive up, negative down. */
export interface Change {
  readonly at: number;
  readonly by: number;
}

export interface Memory {
  readonly wishes: readonly Wish[];
  readonly changes: readonly Change[];
}

/** To how many replicas it sets its target, of `current` ones, at a moment at which its metrics wish for others. */
export function nextReplicas(spec: Autoscaler['spec'], current: number, wish: Wish, memory: Memory): number {
  const { behavior, minReplicas, maxReplicas } = spec;
  const held = stabilized(behavior, current, wish, memory.wishes);
  if (held > current) {
    const limit = behavior ? upLimit(current, wish.at, memory.changes, behavior.scaleUp) : Math.max(2 * current, 4);
    return Math.min(held, maxReplicas, Math.max(limit, current));
  }
  if (held < current) {
    const limit = behavior ? downLimit(current, wish.at, memory.changes, behavior.scaleDown) : 0;
    return Math.max(held, minReplicas, Math.min(limit, current));
  }
  return current;
}

/** Up goes only what all wishes of a window want, down likewise. Without a behavior, up goes at once. */
function stabilized(
  behavior: Autoscaler['spec']['behavior'],
  current: number,
  wish: Wish,
  before: readonly Wish[],
): number {
  const windowOf = (seconds: number) =>
    [wish, ...before.filter(({ at }) => at > wish.at - seconds)].map(({ replicas }) => replicas);
  const up = behavior?.scaleUp?.stabilizationWindowSeconds ?? defaultUp.stabilizationWindowSeconds;
  const down = behavior?.scaleDown?.stabilizationWindowSeconds ?? defaultDown.stabilizationWindowSeconds;
  const lowest = Math.min(...windowOf(up));
  const highest = Math.max(...windowOf(down));
  return Math.min(Math.max(current, lowest), highest);
}

function upLimit(current: number, now: number, changes: readonly Change[], given: ScalingRules = {}): number {
  const { selectPolicy = defaultUp.selectPolicy, policies = defaultUp.policies } = given;
  if (selectPolicy === 'Disabled') return current;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const start = replicasBefore(current, now - periodSeconds, changes);
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
}

function downLimit(current: number, now: number, changes: readonly Change[], given: ScalingRules = {}): number {
  const { selectPolicy = defaultDown.selectPolicy, policies = defaultDown.policies } = given;
  if (selectPolicy === 'Disabled') return current;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const start = replicasBefore(current, now - periodSeconds, changes);
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
  });
  return selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
}

function replicasBefore(current: number, moment: number, changes: readonly Change[]): number {
  return changes.reduce((replicas, { at, by }) => (at > moment ? replicas - by : replicas), current);
}
