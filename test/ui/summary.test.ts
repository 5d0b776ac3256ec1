import { describe, expect, it } from 'vitest';
import type { Outcome, RunSummary, StepResult } from '../../src/plan/events.js';
import { createStyle } from '../../src/ui/style.js';
import { summaryText } from '../../src/ui/summary.js';
import { recordedRun } from './recorded-run.js';

const style = createStyle({ color: false });

function summaryOf(steps: readonly StepResult[], more: Partial<RunSummary> = {}): RunSummary {
  const counts: Record<Outcome, number> = {
    ...{ done: 0, unchanged: 0, unneeded: 0, omitted: 0 },
    ...{ failed: 0, skipped: 0, interrupted: 0 },
  };
  for (const step of steps) counts[step.outcome] += 1;
  return {
    run: 'r1',
    durationMs: 92_000,
    counts,
    steps,
    criticalPath: [],
    journal: '/state/shop/runs/r1.jsonl',
    ...more,
  };
}

const step = (id: string, outcome: Outcome, more: Partial<StepResult> = {}): StepResult => ({
  id,
  title: id,
  outcome,
  durationMs: 1000,
  ...more,
});

describe('the end of a run', () => {
  it('tells what failed, in the words of the tool, what was skipped because of it, and where the time went', () => {
    const finished = recordedRun().at(-1);
    if (finished?.type !== 'run-finished') throw new Error('a run ends with run-finished');
    expect(summaryText(finished.summary, { style, columns: 80 })).toBe(
      [
        'Critical path, 19.9s of 22.0s',
        '   4.7s  21%  kube-scheduler 1.36.7',
        '   4.0s  18%  embedded control plane',
        '  500ms   2%  namespace data',
        '   8.2s  37%  webportal               6.2s of it waiting for its turn',
        '   2.5s  11%  webportal ready',
        '',
        'Omitted',
        '  calico  simulated nodes have no network',
        '',
        '✗ kube-prometheus-stack: helm failed with exit code 1',
        "  | Error: INSTALLATION FAILED: kube-prometheus-stack: values don't meet the specifications of the schema(s)",
        '  | - replicas: Invalid type. Expected: integer, given: string',
        '  $ helm upgrade --install kube-prometheus-stack /cache/charts/kube-prometheus-stack.tgz --namespace monitoring --values -',
        '  → see what changed: platform diff kube-prometheus-stack',
        '  skipped because of it: grafana-dashboards, kube-prometheus-stack ready,',
        '    grafana-dashboards ready',
        '',
        '✗ tempo: helm failed with exit code 1',
        "  | Error: INSTALLATION FAILED: tempo: values don't meet the specifications of the schema(s)",
        '  | - replicas: Invalid type. Expected: integer, given: string',
        '  $ helm upgrade --install tempo /cache/charts/tempo.tgz --namespace monitoring --values -',
        '  → see what changed: platform diff tempo',
        '  skipped because of it: tempo ready',
        '',
        '✗ failed after 22.0s: 44 applied, 7 unchanged, 2 failed, 4 skipped, 1 omitted',
        '  3 stand-ins for charts that could not be had: cert-manager, postgres, auth',
        '  journal: /home/ada/.local/state/platform/shop/runs/r1.jsonl',
      ].join('\n'),
    );
  });

  it('is one line when there was nothing to do', () => {
    const summary = summaryOf([step('cluster', 'unchanged'), step('tool/helm', 'unneeded')], {
      durationMs: 412,
      previousDurationMs: 90_000,
    });
    expect(summaryText(summary, { style })).toBe('✓ nothing to do, checked in 412ms: 1 unchanged');
  });

  it.each([
    [100_000, '1m 32s (8.0s faster than last time)'],
    [80_000, '1m 32s (12.0s slower than last time)'],
    [92_500, '1m 32s (as long as last time)'],
  ])('compares with a last run of %i ms', (previousDurationMs, words) => {
    const summary = summaryOf([step('cluster', 'done')], { previousDurationMs });
    expect(summaryText(summary, { style })).toBe(`✓ done in ${words}: 1 applied`);
  });

  it('says an omission once for all steps that have the same reason', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const omitted = names.map((name) => step(name, 'omitted', { reason: 'not on AWS' }));
    expect(summaryText(summaryOf([step('cluster', 'done'), ...omitted]), { style })).toContain(
      'Omitted\n  a, b, c, d, e, f and 2 more  not on AWS\n',
    );
  });

  it('says that it was interrupted and where the journal is', () => {
    const summary = summaryOf([step('cluster', 'done'), step('release/traefik', 'interrupted')], {
      previousDurationMs: 1000,
    });
    expect(summaryText(summary, { style })).toBe(
      '! interrupted after 1m 32s: 1 applied, 1 interrupted\n  journal: /state/shop/runs/r1.jsonl',
    );
  });

  it('counts a stand-in once where both its chart and its release say so', () => {
    const detail = 'stand-in';
    const one = summaryOf([step('chart/loki', 'done', { detail }), step('release/loki', 'done', { detail })]);
    expect(summaryText(one, { style })).toContain('\n  1 stand-in for charts that could not be had: release/loki');
  });
});
