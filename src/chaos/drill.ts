/** A workload that a drill acts on. */
export interface WorkloadTarget {
  readonly kind: 'deployment' | 'statefulset';
  readonly namespace: string;
  readonly name: string;
}

export const loadTools = ['hey', 'oha', 'autocannon'] as const;
/** Programs that make load. */
export type LoadTool = (typeof loadTools)[number];

/** What a drill breaks, or burdens. Durations are milliseconds. */
export type Fault =
  | { readonly type: 'scale'; readonly target: WorkloadTarget; readonly replicas: number }
  | { readonly type: 'kill'; readonly target: WorkloadTarget; readonly count: number | 'all' }
  | DrainFault
  | CutFault
  | LoadFault;

export interface DrainFault {
  readonly type: 'drain';
  /** A node by its name, or one that runs a pod of a workload. */
  readonly node: string | WorkloadTarget;
  /** As in `kubectl drain --delete-emptydir-data`: what its pods keep in emptyDirs may be lost. */
  readonly deleteEmptyDirData?: boolean;
}

export interface CutFault {
  readonly type: 'cut';
  readonly target: WorkloadTarget;
  readonly direction: 'ingress' | 'egress' | 'both';
  /** What becomes of connections that are open: a policy leaves them alone, only with their pods do they end. */
  readonly connections: 'end' | 'keep';
}

export interface LoadFault {
  readonly type: 'load';
  readonly url: string;
  /** What the load reaches: whose pods burn processor time, also where they are only simulated. */
  readonly target: WorkloadTarget;
  /** At least so many; more while the autoscaler has not reacted. */
  readonly requests: number;
  readonly workers: number;
  readonly tool: LoadTool;
  /** How long it may go on, whatever the autoscaler does. */
  readonly atMostMs: number;
  /** What a rehearsal pretends: requests a second in all, and milliseconds of processor time that each costs. */
  readonly simulated: { readonly ratePerSecond: number; readonly cpuMs: number };
}

/** What users should meet while the fault lasts; with a status below 400 they should notice nothing. */
export interface Symptom {
  readonly url: string;
  readonly status: number;
  /** A text on the page. */
  readonly text?: string;
}

/** Whether users should go on being served, whatever happens. */
export function isUnnoticed({ status }: Symptom): boolean {
  return status < 400;
}

export interface AutoscalerExpectation {
  readonly namespace: string;
  readonly name: string;
  /** Replicas it should reach; its own maximum without it. */
  readonly reaches?: number;
}

export interface Expectation {
  readonly symptom?: Symptom;
  /** Names of alerts that must fire. */
  readonly alerts: readonly string[];
  /** Names of alerts that follow from the fault and may fire as well; any other one is a weakness. */
  readonly mayFire: readonly string[];
  /** Alertmanager's receiver that gets them. */
  readonly receiver?: string;
  readonly autoscaler?: AutoscalerExpectation;
  /** Of the load: the share of answers of 2xx, 0 to 1, and the 95th percentile in milliseconds. */
  readonly load?: { readonly successRatio: number; readonly p95Ms?: number };
}

/**
 * What a drill waits for, in the order of its story; `pending` to `delivered` and `resolved` once for each expected
 * alert.
 */
export const links = [
  'fault',
  'endpoints',
  'symptom',
  'pending',
  'firing',
  'grouped',
  'routed',
  'delivered',
  'restored',
  'recovered',
  'resolved',
] as const;
export type LinkName = (typeof links)[number];

/** A failure simulation: what is broken, what should be seen, and how long each may take. */
export interface Drill {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** `assets/drills/db-down.yaml`, `platform.yaml`: where it is written. */
  readonly origin: string;
  readonly fault: Fault;
  readonly expect: Expectation;
  /** Milliseconds from the link before, instead of what the live configuration predicts. */
  readonly budgets: Readonly<Partial<Record<LinkName, number>>>;
  /** How long the fault goes on after all expected alerts were delivered, in milliseconds. */
  readonly holdMs: number;
}
