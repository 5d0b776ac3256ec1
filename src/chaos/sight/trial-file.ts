import type { Course } from './effect.js';
import type { LiveSeries } from './live-series.js';
import { seriesText } from './series-text.js';
import type { AlertingRule, RecordingRule } from './rule.js';
import { samplesIn } from './samples.js';
import type { TrialClock } from './trial-clock.js';

/** All that a rule is tried on. */
export interface Scene {
  readonly rule: AlertingRule;
  /** In the order in which they have to be evaluated. */
  readonly recordings: readonly RecordingRule[];
  readonly series: readonly LiveSeries[];
  readonly clock: TrialClock;
  /** Milliseconds since the epoch: the moment up to which the past is known. */
  readonly now: number;
}

/** What becomes of the series of a scene. */
export interface Trial {
  readonly name: string;
  readonly courseOf: (series: LiveSeries) => Course | undefined;
}

/** Label by which an answer of promtool says which trial it is of. */
export const trialLabel = 'platform_trial';

/**
 * The rules of a scene as a file of Prometheus. Annotations and external labels are left out: whether an alert fires does
 * not depend on them.
 */
export function ruleFile({ rule, recordings, clock }: Scene): object {
  const interval = duration(clock.stepMs);
  const rules = [
    ...recordings.map(({ name, query, labels }) => ({ record: name, expr: query, labels })),
    {
      alert: rule.name,
      expr: rule.query,
      for: duration(rule.forMs),
      keep_firing_for: duration(rule.keepFiringForMs),
      labels: rule.labels,
    },
  ];
  return { groups: [{ name: 'trial', interval, rules }] };
}

/**
 * Trials of a scene as a unit test for promtool, which asks when the alert got pending and firing: it expects no
 * answer, so that every answer is told as a failure.
 */
export function testFile(scene: Scene, rules: string, trials: readonly Trial[]): object {
  const { clock, now, series } = scene;
  const interval = duration(clock.stepMs);
  const since = duration(clock.horizonMs);
  return {
    rule_files: [rules],
    evaluation_interval: interval,
    tests: trials.map(({ name, courseOf }) => ({
      name,
      interval,
      start_timestamp: String((now - clock.historyMs) / 1_000),
      input_series: series.map((one) => ({
        series: seriesText(one.labels),
        values: samplesIn(one, clock, now, courseOf(one)),
      })),
      promql_expr_test: [
        {
          expr: `label_replace(min_over_time(timestamp(ALERTS)[${since}:${interval}]), "${trialLabel}", "${name}", "", "")`,
          eval_time: duration(clock.historyMs + clock.horizonMs),
        },
      ],
    })),
  };
}

function duration(milliseconds: number): string {
  return `${String(milliseconds)}ms`;
}
