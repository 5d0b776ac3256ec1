import type { Restored } from '../../assets/apps/src/reaper/intent.js';
import type { Drill, LinkName } from './drill.js';

/*
 * All that is known of a run of a drill, as it is kept in record.json: every report is made from it and from nothing
 * else. Moments are milliseconds since the epoch by the clock of this machine; moments that others told are corrected by
 * how much their clock differs. Durations are milliseconds.
 */

/** What the look before a drill has found. */
export interface Finding {
  /** Such as `rule-health`, `data-loss`; stable. */
  readonly check: string;
  /**
   * `ok` · `note` · `warning` · `inconclusive`: the drill would prove nothing · `weakness`: it would fail, and here is why
   * · `refused`: it must not run.
   */
  readonly level: 'ok' | 'note' | 'warning' | 'inconclusive' | 'weakness' | 'refused';
  /** The link of the chain that would break. */
  readonly link?: LinkName;
  /** A lowercase sentence without a period, as in errors. */
  readonly message: string;
  readonly fix?: readonly string[];
}

/** How long a link may take after the one before it, by the live configuration. */
export interface PredictedLink {
  readonly name: LinkName;
  readonly alert?: string;
  readonly atMostMs: number;
  /** The arithmetic: `scrape 5s + evaluation 5s`. */
  readonly because: string;
}

/** When an autoscaler would be at how many replicas, in milliseconds after the load began or ended. */
export interface PredictedScaling {
  readonly original: number;
  readonly peak: number;
  readonly up: readonly { readonly afterMs: number; readonly replicas: number }[];
  readonly down: readonly { readonly afterMs: number; readonly replicas: number }[];
  readonly because: string;
}

export interface Prediction {
  readonly links: readonly PredictedLink[];
  readonly scaling?: PredictedScaling;
  /** From the fault to the last link. */
  readonly totalMs: number;
}

/** One alert of Prometheus during a drill, by its labels. */
export interface AlertSighting {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** It was there before the fault. */
  readonly isBaseline: boolean;
  /** When its rule was true for the first time (Prometheus' `activeAt`). */
  readonly pendingAt?: number;
  /** Alertmanager's `startsAt`; while it has none, when Prometheus was first seen to have it firing. */
  readonly firingAt?: number;
  /** When it was seen in Alertmanager for the first time, and in which group's receivers. */
  readonly groupedAt?: number;
  /** Names of alerts that were in its group before it: it has to wait for group_interval then, not for group_wait. */
  readonly joined?: readonly string[];
  readonly receivers: readonly string[];
  /** Why Alertmanager told nobody. */
  readonly suppressed?: { readonly how: 'silenced' | 'inhibited' | 'muted'; readonly by: readonly string[] };
  /** When Prometheus had it no longer. */
  readonly endedAt?: number;
}

/** A notification that arrived. */
export interface DeliverySighting {
  readonly at: number;
  readonly kind: 'webhook' | 'slack';
  readonly receiver?: string;
  readonly status: 'firing' | 'resolved' | 'unknown';
  readonly alerts: readonly ToldAlert[];
}

/** An alert as a notification has it. */
export interface ToldAlert {
  readonly name: string;
  readonly status: 'firing' | 'resolved' | 'unknown';
  /** Absent in a Slack message, which has only words. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What users got from the symptom's address; bodies are not kept. */
export interface ProbeSample {
  readonly at: number;
  readonly durationMs: number;
  readonly status?: number;
  /** Whether the expected text was on the page. */
  readonly hasText?: boolean;
  readonly error?: string;
}

/** Ready addresses of the target's Services, and its pods. */
export interface TargetSample {
  readonly at: number;
  readonly wanted: number;
  readonly ready: number;
  /** Ready endpoints; absent where no Service selects the target. */
  readonly endpoints?: number;
}

export interface AutoscalerSample {
  readonly at: number;
  readonly desired: number;
  readonly current: number;
  readonly ready: number;
  /** Percent of what the pods request; absent while it is not known. */
  readonly cpu?: number;
  /** Percent it is held to. */
  readonly target?: number;
  /** Those that are not as usual: `ScalingActive=False (FailedGetResourceMetric)`. */
  readonly conditions: readonly string[];
}

/** What a load tool said of a stretch of time. */
export interface LoadSlice {
  readonly from: number;
  readonly to: number;
  readonly requests: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests without an answer, by the tool's words. */
  readonly errors: Readonly<Record<string, number>>;
  /** Milliseconds; absent where nothing was answered. */
  readonly latency?: { readonly p50: number; readonly p90: number; readonly p95: number; readonly p99: number };
}

/** Counters of Alertmanager for one integration of one receiver, since its start. */
export interface NotificationCount {
  readonly at: number;
  readonly receiver?: string;
  readonly integration: string;
  /** Attempts that the receiver took. */
  readonly sent: number;
  /** Attempts that failed; each notification is tried again until its group's next turn. */
  readonly failed: number;
  /** Notifications that were given up, by reason (`clientError`, `authError`), where Alertmanager tells them apart. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** A stretch in which somebody who was asked did not answer. */
export interface Silence {
  readonly who: 'api-server' | 'prometheus' | 'alertmanager' | 'inbox';
  readonly from: number;
  readonly to: number;
  readonly error: string;
}

/** Everything that was seen. */
export interface Observations {
  readonly alerts: readonly AlertSighting[];
  readonly deliveries: readonly DeliverySighting[];
  readonly probes: readonly ProbeSample[];
  readonly target: readonly TargetSample[];
  readonly autoscaler: readonly AutoscalerSample[];
  readonly load: readonly LoadSlice[];
  readonly notifications: readonly NotificationCount[];
  readonly silences: readonly Silence[];
  /** Last state of the expected alerts' rules: why one was never pending. */
  readonly rules: readonly RuleSighting[];
  /** Such as a restart of Prometheus, a target that was deleted, replicas that somebody else set. */
  readonly incidents: readonly { readonly at: number; readonly message: string }[];
}

export interface RuleSighting {
  readonly alert: string;
  readonly exists: boolean;
  readonly health?: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
  readonly state?: 'unknown' | 'inactive' | 'pending' | 'firing';
  /** Its `for`, in milliseconds. */
  readonly forMs?: number;
}

/** When what was done. */
export interface Marks {
  readonly startedAt: number;
  /** The API server took the fault, or the load began. */
  readonly faultAt?: number;
  /** What was done then: `deployment/auth in app-services was scaled from 2 to 0`. */
  readonly fault?: string;
  /** The load ended. */
  readonly loadEndedAt?: number;
  readonly restoredAt?: number;
  readonly endedAt: number;
}

/** How a link of the chain was. */
export interface Link {
  readonly name: LinkName;
  /** For those that are there once for each alert. */
  readonly alert?: string;
  /**
   * `met` · `late`: later than its budget · `broken`: it never came, and it is the first that did not · `unreached`: one
   * before it broke · `unobserved`: it cannot be seen here · `unasked`: the drill does not expect it.
   */
  readonly status: 'met' | 'late' | 'broken' | 'unreached' | 'unobserved' | 'unasked';
  readonly at?: number;
  /** Since the link before it. */
  readonly tookMs?: number;
  readonly budgetMs?: number;
  readonly predictedMs?: number;
  /** How it is known: `activeAt of Prometheus`. */
  readonly detail?: string;
  /** Why it is broken: `fired but inhibited by NodeDown`. */
  readonly cause?: string;
}

/** What the autoscaler did, against what was predicted. */
export interface ScalingResult {
  readonly original: number;
  readonly wanted: number;
  readonly maximum: number;
  readonly peak: number;
  readonly final: number;
  /** After the load began; absent where it never did. */
  readonly firstStepMs?: number;
  readonly reachedMs?: number;
  /** After the load ended. */
  readonly returnedMs?: number;
  /** Every number of replicas that it went through. */
  readonly path: readonly number[];
  readonly problems: readonly string[];
  /**
   * No test was a load that ended before an autoscaler could have reacted (`ended-early`), or that asked for no more
   * replicas than there were (`too-small`).
   */
  readonly status: 'as-expected' | 'weak' | 'ended-early' | 'too-small' | 'unobserved';
}

export interface LoadResult {
  readonly tool: string;
  readonly requests: number;
  readonly durationMs: number;
  /** 0 to 1; absent where nothing was answered. */
  readonly successRatio?: number;
  readonly latency?: LoadSlice['latency'];
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
  readonly isSimulated: boolean;
}

export type Outcome = 'passed' | 'weakness' | 'inconclusive' | 'not-restored' | 'failed' | 'interrupted';

/** A drill's result. */
export interface Verdict {
  readonly outcome: Outcome;
  /** It passed where nothing but the control plane is real. */
  readonly isRehearsed: boolean;
  /** One sentence: what the drill has shown. */
  readonly summary: string;
  /** What it comes from, the weightiest first. */
  readonly reasons: readonly string[];
  /** What cannot be seen on this provider. */
  readonly notObserved: readonly string[];
  /** What to do next. */
  readonly next: readonly string[];
}

export interface RestoreResult {
  /** `user@host/pid`, `reaper`. */
  readonly by: string;
  readonly results: readonly Restored[];
  /** What differs from what was recorded before the fault; empty is the proof. */
  readonly differences: readonly string[];
}

export interface DrillRecord {
  readonly version: 1;
  readonly run: string;
  readonly environment: string;
  readonly provider: string;
  readonly simulation?: string;
  readonly drill: Drill;
  readonly marks: Marks;
  /** How much the clocks of others are ahead of ours. */
  readonly clockOffsetsMs: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  readonly prediction: Prediction;
  readonly observations: Observations;
  readonly links: readonly Link[];
  readonly scaling?: ScalingResult;
  readonly load?: LoadResult;
  readonly restore?: RestoreResult;
  /** What ended it before its end: a failed tool's words. */
  readonly problem?: string;
  readonly verdict: Verdict;
}
