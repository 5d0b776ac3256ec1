/*
 * What a drill writes into the cluster before it changes anything: who reads it can take the fault back without knowing
 * the drill. It is shared by the command line and the reaper, so it depends on nothing.
 */

/** One thing that a drill changes, with all that is needed to take it back. Paths are those of the API server. */
export type Change =
  /** Replicas of a workload, by its scale subresource. */
  | {
      readonly type: 'scale';
      /** Of the workload, without `/scale`. */
      readonly path: string;
      readonly uid: string;
      /** Such as `statefulset/postgres in app-services`; for people. */
      readonly subject: string;
      readonly from: number;
      readonly to: number;
      /** Paths of autoscalers of the workload that were active: with it they are to be so again. */
      readonly autoscalers?: readonly string[];
    }
  /** An object that the drill makes, labelled with its run; taken back by its deletion. */
  | { readonly type: 'object'; readonly path: string; readonly subject: string }
  /** A node that takes no new pods. */
  | {
      readonly type: 'cordon';
      readonly path: string;
      readonly uid: string;
      readonly subject: string;
      /** Whether it was so before. */
      readonly from: boolean;
    }
  /** An annotation on pods, such as the processor time that simulated ones pretend to use; taken back by its removal. */
  | {
      readonly type: 'annotation';
      /** Path of the collection. */
      readonly collection: string;
      readonly labelSelector: string;
      readonly key: string;
      readonly subject: string;
    }
  /** Pods that are deleted: their owner makes new ones, so there is nothing to take back. */
  | {
      readonly type: 'pods';
      readonly path: string;
      readonly uid: string;
      readonly subject: string;
      /** Path of the ReplicaSet or StatefulSet that makes a new one. */
      readonly controller?: string;
    };

export interface Intent {
  readonly version: 1;
  readonly run: string;
  readonly drill: string;
  readonly environment: string;
  /** `user@host/pid`, for people. */
  readonly owner: string;
  /** ISO 8601, by the clock of the machine that runs the drill. */
  readonly startedAt: string;
  /**
   * Seconds without a heartbeat after which whoever sees it takes the changes back. They are counted by the clock of who
   * counts them, from the moment it saw the last heartbeat: clocks of two machines may differ.
   */
  readonly expireAfterSeconds: number;
  /** Pasteable. */
  readonly restoreCommand: string;
  /** In the order in which they are made; taken back in the reverse one. */
  readonly changes: readonly Change[];
  /** Paths of the Roles that let the reaper do it, deleted last; their bindings are owned by them. */
  readonly grants: readonly string[];
}

/** What became of one change that was to be taken back. */
export interface Restored {
  readonly subject: string;
  /**
   * `restored` now · `as-it-was` already · `gone`: what was changed is there no longer · `replaced`: another object has
   * its name · `foreign`: somebody else changed it in the meantime, and it was left to them.
   */
  readonly outcome: 'restored' | 'as-it-was' | 'gone' | 'replaced' | 'foreign';
  /** Such as `1 replica again`, `somebody set 3 replicas`. */
  readonly detail: string;
}

/** Who took an intent's changes back, kept beside it until the next command reads it. */
export interface Restoration {
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly results: readonly Restored[];
}

/** Names that the command line and the reaper must have in common. */
export const intents = {
  namespace: 'platform-system',
  /** Path of the ConfigMaps among which they are. */
  collection: '/api/v1/namespaces/platform-system/configmaps',
  /** ConfigMap `drill-<run>`. */
  name: (run: string) => `drill-${run}`,
  /** Label that selects them; its value is the name of the drill. */
  label: 'platform.dev/drill',
  /** Keys of its data: JSON of {@link Intent}; a text that changes with each heartbeat; JSON of {@link Restoration}. */
  keys: { intent: 'intent.json', heartbeat: 'heartbeat', restoration: 'restoration.json' },
  /** ServiceAccount and release of the reaper, and the Lease by which it shows that it lives. */
  reaper: 'reaper',
} as const;
