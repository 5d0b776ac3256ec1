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
   * @param onDone told for each write that users can feel when the API server took it, in milliseconds since the epoch by
   * our clock; the first is when the fault begins, which may be long before all of it is done
   * @throws PlatformError `conflict` when the world is no longer as it was planned for; what was done by then is among
   * the changes
   */
  readonly inject: (signal: AbortSignal, onDone?: OnDone) => Promise<Injection>;
}

export type OnDone = (at: number) => void;

export interface Injection {
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
