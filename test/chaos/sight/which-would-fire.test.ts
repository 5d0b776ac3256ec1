import { beforeEach, describe, expect, it } from 'vitest';
import { effectOf } from '../../../src/chaos/sight/effect-of-fault.js';
import { whichWouldFire } from '../../../src/chaos/sight/which-would-fire.js';
import { monitoringAt } from '../../../src/monitoring/monitoring.js';
import type { RuleGroup } from '../../../src/monitoring/prometheus-rules.js';
import { systemProcesses } from '../../../src/process.js';
import { skipWithout, tool } from '../../installed-tool.js';
import { refusedUrl } from '../../toolchain/fixture.js';
import { aroundPostgres, intervalMs, postgresDown, rule, worldWith } from './given.js';

const series = {
  'kube_statefulset_replicas{namespace="app-services",statefulset="postgres"}': 1,
  'kube_statefulset_status_replicas_ready{namespace="app-services",statefulset="postgres"}': 1,
  'pg_up{namespace="app-services",pod="exporter-1"}': 1,
};
const ready = 'kube_statefulset_status_replicas_ready';
const rules = [
  rule('Late', `${ready} == 0`, { forMs: 60_000 }),
  rule('Soon', `${ready} == 0`, { forMs: 10_000 }),
  rule('Soon', `${ready} < 1`, { forMs: 20_000 }),
  rule('Blind', `${ready} != kube_statefulset_replicas`),
  rule('Always', 'vector(1)'),
  rule('Exporter', 'pg_up == 0'),
  rule('Refused', `mad_over_time(${ready}[5m]) > 0`),
];
const groups: readonly RuleGroup[] = [{ name: 'g', file: 'g.yaml', intervalMs, rules }];
const effect = effectOf(postgresDown, aroundPostgres);
const { signal } = new AbortController();
/** A clock that goes on by so many milliseconds whenever it is looked at. */
const clockOf = (eachMs: number) => {
  let at = 0;
  return { now: () => (at += eachMs), sleep: () => Promise.resolve() };
};

describe('which alerts a fault would raise', { timeout: 60_000 }, () => {
  beforeEach(skipWithout('promtool'));

  it('is each one that the fault makes fire, the first one first, and what is not known', async () => {
    const { world } = await worldWith({ series });
    const { alerts, unknown } = await whichWouldFire(groups, effect, { ...world, clock: clockOf(1) }, signal);
    expect(alerts.map(({ alert, firesAfterMs, onlyIf }) => ({ alert, firesAfterMs, onlyIf }))).toEqual([
      { alert: 'Exporter', firesAfterMs: 0, onlyIf: ['pg_up'] },
      { alert: 'Soon', firesAfterMs: 10_000, onlyIf: undefined },
      { alert: 'Late', firesAfterMs: 60_000, onlyIf: undefined },
    ]);
    expect(unknown).toEqual([{ alert: 'Refused', reason: expect.stringMatching(/^promtool refuses it/) as string }]);
  });

  it('tries no rule that the fault does not touch', async () => {
    const { world } = await worldWith({ series });
    const always = [{ name: 'g', file: 'g.yaml', intervalMs, rules: [rule('Always', 'vector(1)')] }];
    const unused = { ...world, tool: () => Promise.reject(new Error('promtool was asked for')), clock: clockOf(1) };
    expect(await whichWouldFire(always, effect, unused, signal)).toEqual({ alerts: [], unknown: [] });
  });

  it('ends in time, and names what was left', async () => {
    const { world } = await worldWith({ series });
    const { alerts, unknown } = await whichWouldFire(groups, effect, { ...world, clock: clockOf(20_000) }, signal);
    expect(alerts.map(({ alert }) => alert)).toEqual(['Late']);
    expect(unknown).toContainEqual({ alert: 'Blind', reason: 'no time was left for it after 30.0s' });
  });

  it('is not known where Prometheus does not answer', async () => {
    const url = await refusedUrl();
    const world = {
      monitoring: monitoringAt({ prometheus: url, alertmanager: url, inbox: url }),
      processes: systemProcesses(),
      tool,
      clock: clockOf(1),
    };
    const { alerts, unknown } = await whichWouldFire(groups, effect, world, signal);
    expect(alerts).toEqual([]);
    expect(unknown).toHaveLength(rules.length);
    expect(unknown[0]?.reason).toContain('does not answer: it refused the connection');
  });
});
