/** What keeps a workload from being ready: an object, Kubernetes' own reason and message, and what to do. */
export interface Obstacle {
  /** `Pod/auth-0 container main`, `PersistentVolumeClaim/data-auth-0`. */
  readonly object: string;
  readonly reason: string;
  readonly message: string;
  /** Waiting will not help, once it has lasted for `patienceMs`. */
  readonly fatal: boolean;
  /** Milliseconds it is given to go away by itself. */
  readonly patienceMs: number;
  readonly suggestion: string | undefined;
  /** Whose log may tell more. */
  readonly container?: ContainerReference;
}

export interface ContainerReference {
  readonly namespace: string;
  readonly pod: string;
  readonly name: string;
}

/** A scheduler and a cluster that is coming up change their mind in less time than this, in milliseconds. */
export const shortPatienceMs = 10_000;

/** An obstacle that may still go away by itself, unless `more` says otherwise. */
export function obstacle(object: string, reason: string, message = '', more: Partial<Obstacle> = {}): Obstacle {
  return { object, reason, message, fatal: false, patienceMs: shortPatienceMs, suggestion: undefined, ...more };
}

/** One obstacle in one line: `Pod/auth-0: Unschedulable: 0/2 nodes are available`. */
export function describeObstacle({ object, reason, message }: Obstacle): string {
  return `${object}: ${reason}${message ? `: ${message}` : ''}`;
}

// The kubelet goes back and forth between trying and waiting for the next try.
const sameTrouble: Readonly<Record<string, string>> = {
  ErrImagePull: 'ImagePullBackOff',
  Error: 'CrashLoopBackOff',
  OOMKilled: 'CrashLoopBackOff',
};

/** What an obstacle is known by for as long as it lasts, whatever name its reason has at the moment. */
export function keyOf({ object, reason }: Obstacle): string {
  return `${object} ${sameTrouble[reason] ?? reason}`;
}
