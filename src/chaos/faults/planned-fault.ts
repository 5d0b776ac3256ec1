import type { Change } from '../../../assets/apps/src/reaper/intent.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';

/** A fault for the world as it was looked at: all that it will change is known before anything is touched. */
export interface PlannedFault {
  /** What is written into the intent, in the order in which it is done. */
  readonly changes: readonly Change[];
  /** Roles, and bindings after the Role they bind, that let the reaper take exactly this back. */
  readonly grants: readonly KubernetesObject[];
  /**
   * Does it, compare-and-set.
   * @throws PlatformError `conflict` when the world is no longer as it was planned for; what was done by then is among
   * the changes
   */
  readonly inject: (signal: AbortSignal) => Promise<Injection>;
}

export interface Injection {
  /** When the API server took it, in milliseconds since the epoch by our clock. */
  readonly at: number;
  /** Such as `statefulset/postgres in app-services was scaled from 1 to 0`. */
  readonly detail: string;
  /** Ends what goes on in the background. */
  readonly end?: () => Promise<void>;
}

/** What faults ask and change. */
export interface FaultOptions {
  readonly run: string;
  readonly signal: AbortSignal;
}
