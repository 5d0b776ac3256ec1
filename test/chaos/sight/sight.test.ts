import { beforeEach, describe, expect, it } from 'vitest';
import { effectOf } from '../../../src/chaos/sight/effect-of-fault.js';
import { sightOf } from '../../../src/chaos/sight/sight.js';
import { PlatformError } from '../../../src/errors.js';
import { skipWithout } from '../../installed-tool.js';
import {
  api,
  apiDown,
  aroundApi,
  aroundPostgres,
  intervalMs,
  postgres,
  postgresDown,
  recording,
  rule,
  seen,
  shipped,
  shippedRecordings,
  worldWith,
} from './given.js';
import { now } from './prometheus-program.js';

const minute = 60_000;
const created = now / 1000 - 3_600;
/** What kube-state-metrics says of a database that is well. */
const database = {
  'kube_statefulset_replicas{namespace="app-services",statefulset="postgres"}': 1,
  'kube_statefulset_status_replicas_ready{namespace="app-services",statefulset="postgres",pod="ksm-1"}': 1,
  'kube_statefulset_created{namespace="app-services",statefulset="postgres"}': created,
};
const apiReplicas = {
  'kube_deployment_spec_replicas{namespace="app-services",deployment="api"}': 2,
  'kube_deployment_status_replicas_available{namespace="app-services",deployment="api"}': 2,
  'kube_deployment_status_replicas_updated{namespace="app-services",deployment="api"}': 2,
  'kube_deployment_status_replicas_ready{namespace="app-services",deployment="api"}': 2,
  'kube_deployment_created{namespace="app-services",deployment="api"}': created,
};
const forMs = 30_000;

describe('a rule that sees the fault', { timeout: 60_000 }, () => {
  beforeEach(skipWithout('promtool'));

  it('is PostgresDown, half a minute after PostgreSQL is scaled to zero', async () => {
    const [down] = await shipped('database.yaml', 'PostgresDown');
    expect(down && (await seen(down, { series: database }))).toEqual({
      alert: 'PostgresDown',
      verdict: 'sees',
      firesAfterMs: 30_000,
      reason: 'it fires 30.0s after the first measurement of the fault',
      series: 2,
    });
  });

  it('is one of the two rules ServiceHasNoReplicas, for a Deployment and for a StatefulSet', async () => {
    const series = {
      'kube_deployment_status_replicas_ready{namespace="app-services",deployment="auth"}': 2,
      'kube_statefulset_status_replicas_ready{namespace="app-services",statefulset="cache"}': 1,
    };
    const [ofDeployments, ofStatefulSets] = await shipped('availability.yaml', 'ServiceHasNoReplicas');
    if (!ofDeployments || !ofStatefulSets) throw new Error('the rules are gone');
    const down = (target: typeof api | typeof postgres, name: string) => ({
      series,
      fault: { type: 'scale', target: { ...target, name }, replicas: 0 } as const,
    });

    expect(await seen(ofDeployments, down(api, 'auth'))).toMatchObject({ verdict: 'sees', firesAfterMs: minute });
    expect(await seen(ofStatefulSets, down(postgres, 'cache'))).toMatchObject({
      verdict: 'sees',
      firesAfterMs: minute,
    });
    expect(await seen(ofDeployments, down(postgres, 'cache'))).toMatchObject({
      verdict: 'blind',
      reason: expect.stringContaining('nothing that it reads') as string,
    });
  });

  it('is APIServiceDown when the API is scaled to zero, and when the services behind it really fail', async () => {
    const [down] = await shipped('availability.yaml', 'APIServiceDown');
    if (!down) throw new Error('the rule is gone');
    const series = {
      ...apiReplicas,
      'dependency_up{namespace="app-services",job="api",dependency="auth",pod="api-7d9f-aaaaa"}': 1,
    };
    const authDown = { type: 'scale', target: { ...api, name: 'auth' }, replicas: 0 } as const;

    expect(await seen(down, { series, fault: apiDown, around: aroundApi })).toMatchObject({
      verdict: 'sees',
      firesAfterMs: 30_000,
    });
    expect(
      await seen(down, { series, fault: authDown, around: { pods: [], services: [], autoscalers: [] } }),
    ).toMatchObject({
      verdict: 'sees',
      onlyIf: ['dependency_up'],
      reason: 'it fires only if dependency_up really becomes 0',
    });
  });

  it('says that a target is absent', async () => {
    const absent = rule('Absent', 'absent(up{job="postgres"})', { forMs });
    const series = { 'up{job="postgres",namespace="app-services",pod="postgres-0"}': 1 };
    expect(await seen(absent, { series })).toMatchObject({ verdict: 'sees', firesAfterMs: 30_000 });
    // The exporter beside the pod is there still, and still reached.
    const beside = { 'up{job="postgres",namespace="app-services",pod="exporter-1"}': 1 };
    expect(await seen(absent, { series: beside })).toMatchObject({ verdict: 'blind' });
  });

  it('is one on an exporter outside the pod, if that really says so', async () => {
    const exporter = rule('NoDatabase', 'pg_up == 0', { forMs });
    const series = { 'pg_up{namespace="app-services",pod="exporter-1"}': 1 };
    expect(await seen(exporter, { series })).toMatchObject({
      verdict: 'sees',
      onlyIf: ['pg_up'],
      firesAfterMs: 30_000,
    });
  });

  it('looks back as far as it asks, whatever else it reads', async () => {
    const ready = 'kube_statefulset_status_replicas_ready';
    const long = rule('Long', `${ready} == 0 and count_over_time(${ready}[1h]) > 600`);
    expect(await seen(long, { series: database })).toMatchObject({ verdict: 'sees', firesAfterMs: 0 });
    const young = (ago: number) => (ago < 10 * minute ? 1 : undefined);
    const series = { [`${ready}{namespace="app-services",statefulset="postgres"}`]: young };
    expect(await seen(long, { series })).toMatchObject({ verdict: 'blind' });
  });

  it('reads what a recording makes of it', async () => {
    const over = rule('Low', 'app:ready:sum < 1', { forMs });
    const groups = [
      {
        name: 'recordings',
        file: 'r.yaml',
        interval: 5,
        rules: [
          recording('app:ready:sum', 'sum by (kind) (app:ready)', { kind: 'database' }),
          recording('app:ready', 'kube_statefulset_status_replicas_ready'),
        ],
      },
    ];
    // What has been recorded so far does not follow the fault.
    const series = { ...database, 'app:ready:sum{kind="database"}': 1, app_other: 1 };
    expect(await seen(over, { series, groups })).toMatchObject({ verdict: 'sees', firesAfterMs: 30_000, series: 1 });
  });

  it('asks the time', async () => {
    const aged = rule(
      'Aged',
      'kube_statefulset_status_replicas_ready == 0 and on (statefulset) (time() - kube_statefulset_created > 300)',
      {
        forMs,
      },
    );
    expect(await seen(aged, { series: database })).toMatchObject({ verdict: 'sees', firesAfterMs: 30_000 });
    const young = {
      ...database,
      'kube_statefulset_created{namespace="app-services",statefulset="postgres"}': now / 1000 - 100,
    };
    // 195 s until it is older than 300, seen by the next evaluation.
    expect(await seen(aged, { series: young })).toMatchObject({ verdict: 'sees', firesAfterMs: 230_000 });
  });

  it('is told apart from what fires for others already', async () => {
    const none = rule('None', 'max by (statefulset) (kube_statefulset_status_replicas_ready) == 0');
    const series = { ...database, 'kube_statefulset_status_replicas_ready{namespace="b",statefulset="old"}': 0 };
    expect(await seen(none, { series })).toMatchObject({ verdict: 'sees', firesAfterMs: 0 });
  });

  it('may have quotes, line breaks and other alphabets in its labels', async () => {
    const odd = rule('Odd', 'kube_statefulset_status_replicas_ready{note=~".+"} == 0', {
      labels: { said: '"{{ $labels.note }}", they said = {1}' },
    });
    const series = {
      'kube_statefulset_status_replicas_ready{namespace="app-services",statefulset="postgres",note="a \\"b\\" \\\\ {c}, d\\né"}': 1,
    };
    expect(await seen(odd, { series })).toMatchObject({ verdict: 'sees', firesAfterMs: 0, series: 1 });
  });
});

describe('a rule that is blind to the fault', { timeout: 60_000 }, () => {
  beforeEach(skipWithout('promtool'));

  it('compares how many replicas are ready with how many shall be', async () => {
    const mismatch = rule(
      'KubeStatefulSetReplicasMismatch',
      '(kube_statefulset_status_replicas_ready{namespace=~".*"} != on (namespace, statefulset) kube_statefulset_replicas{namespace=~".*"})',
      { forMs: 15 * minute },
    );
    expect(await seen(mismatch, { series: database })).toMatchObject({
      verdict: 'blind',
      reason: 'both sides become 0',
      series: 2,
    });
    const deployments = rule(
      'KubeDeploymentReplicasMismatch',
      '(kube_deployment_spec_replicas > kube_deployment_status_replicas_available) and (changes(kube_deployment_status_replicas_updated[10m]) == 0)',
      { forMs: 15 * minute },
    );
    expect(await seen(deployments, { series: apiReplicas, fault: apiDown, around: aroundApi })).toMatchObject({
      verdict: 'blind',
      reason: 'both sides become 0',
    });
  });

  it('waits for a target that disappears to be down', async () => {
    const down = rule('TargetDown', 'up == 0');
    const series = {
      'up{job="postgres",namespace="app-services",pod="postgres-0"}': 1,
      'up{job="api",namespace="app-services",pod="api-1"}': 1,
    };
    expect(await seen(down, { series })).toMatchObject({
      verdict: 'blind',
      reason: 'up of the target disappears instead of becoming 0',
    });
    const cut = { type: 'cut', target: postgres, direction: 'ingress', connections: 'keep' } as const;
    expect(await seen(down, { series, fault: cut })).toMatchObject({ verdict: 'sees', firesAfterMs: 0 });
  });

  it('is TargetsMissing, which is about targets of ready pods', async () => {
    const [missing] = await shipped('meta.yaml', 'TargetsMissing');
    if (!missing) throw new Error('the rule is gone');
    const series = { ...apiReplicas, 'up{job="api",namespace="app-services",pod="api-7d9f-aaaaa"}': 1 };
    expect(await seen(missing, { series, fault: apiDown, around: aroundApi })).toMatchObject({ verdict: 'blind' });
    const cut = { type: 'cut', target: api, direction: 'both', connections: 'keep' } as const;
    expect(await seen(missing, { series, fault: cut, around: aroundApi })).toMatchObject({
      verdict: 'sees',
      firesAfterMs: minute,
    });
  });

  it('waits longer than a killed pod needs to be replaced', async () => {
    const kill = { type: 'kill', target: postgres, count: 'all' } as const;
    const [down] = await shipped('database.yaml', 'PostgresDown');
    expect(down && (await seen(down, { series: database, fault: kill }))).toMatchObject({
      verdict: 'blind',
      reason: 'it gets pending, but the fault is over before it has lasted 30.0s',
    });
    const hasty = rule('Hasty', 'kube_statefulset_status_replicas_ready == 0', { forMs: 10_000 });
    expect(await seen(hasty, { series: database, fault: kill })).toMatchObject({
      verdict: 'sees',
      firesAfterMs: 10_000,
    });
  });

  it('reads what nobody measures, or what does not change', async () => {
    expect(await seen(rule('Nobody', 'pg_up == 0'), { series: database })).toMatchObject({
      verdict: 'blind',
      reason: 'nothing is measured of what it reads (pg_up)',
    });
    expect(await seen(rule('Old', 'kube_statefulset_created == 0'), { series: database })).toMatchObject({
      verdict: 'blind',
      reason: 'nothing that it reads (kube_statefulset_created) changes',
    });
    expect(await seen(rule('More', 'kube_statefulset_status_replicas_ready > 3'), { series: database })).toMatchObject({
      verdict: 'blind',
      reason: 'its expression gives nothing although kube_statefulset_status_replicas_ready becomes 0',
    });
  });
});

describe('a rule that proves nothing', { timeout: 60_000 }, () => {
  beforeEach(skipWithout('promtool'));

  it('fires without the fault, too', async () => {
    const always = rule('Always', 'kube_statefulset_replicas >= 0', { forMs });
    const watchdog = rule('Watchdog', 'vector(1)');
    for (const one of [always, watchdog])
      expect(await seen(one, { series: database })).toMatchObject({
        verdict: 'fires-anyway',
        reason: 'it fires without the fault, too',
      });
  });

  it('is not one whose counters and clocks just go on', async () => {
    // Both would fire if what rises stood still.
    const stuck = rule('Stuck', 'rate(heartbeats_total[1m]) == 0 or time() - last_run_timestamp_seconds > 60');
    const series = {
      ...database,
      heartbeats_total: (ago: number) => 1_000 - ago / 1_000,
      last_run_timestamp_seconds: (ago: number) => (now - ago) / 1_000 - 20,
    };
    expect((await seen(stuck, { series })).verdict).not.toBe('fires-anyway');
  });
});

describe('a rule of which is not known whether it sees the fault', { timeout: 60_000 }, () => {
  beforeEach(skipWithout('promtool'));

  it('is about the requests of others', async () => {
    const errors = rule(
      'HighErrorRatio',
      'sum(rate(http_requests_total{status=~"5.."}[2m])) / sum(rate(http_requests_total[2m])) > 0.05',
      { forMs },
    );
    const series = { 'http_requests_total{status="200",job="api"}': (ago: number) => 10_000 - ago / 100 };
    const reason = 'what the fault does to http_requests_total is not known beforehand';
    expect(await seen(errors, { series })).toMatchObject({ verdict: 'unknown', reason });
  });

  it('reads a number that is 1 now, but says nothing of who is well', async () => {
    const clients = rule('Clients', 'clients == 0');
    expect(await seen(clients, { series: { clients: (ago) => (ago < minute ? 1 : 7) } })).toMatchObject({
      verdict: 'unknown',
      reason: 'what the fault does to clients is not known beforehand',
    });
  });

  it('follows recordings of them over hours', async () => {
    const [burn] = await shipped('slo.yaml', 'ErrorBudgetBurn');
    if (!burn) throw new Error('the rule is gone');
    const groups = [await shippedRecordings('slo.yaml')];
    const series = {
      'http_requests_total{status="200",job="api",namespace="app-services",route="/"}': (ago: number) =>
        1e6 - ago / 100,
    };
    expect(await seen(burn, { series, groups })).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringContaining('http_requests_total') as string,
    });
  });

  it('is one that promtool refuses, in its words', async () => {
    const odd = rule('Odd', 'mad_over_time(kube_statefulset_replicas[5m]) > 0');
    const { verdict, reason } = await seen(odd, { series: database });
    expect(verdict).toBe('unknown');
    expect(reason).toMatch(/^promtool refuses it: .*mad_over_time/);
  });

  it('cannot be evaluated on what there is', async () => {
    const many = rule('Many', 'kube_statefulset_replicas * on (namespace) kube_statefulset_status_replicas_ready == 0');
    const series = {
      ...database,
      'kube_statefulset_status_replicas_ready{namespace="app-services",statefulset="b"}': 1,
      'kube_statefulset_replicas{namespace="app-services",statefulset="b"}': 1,
    };
    expect(await seen(many, { series })).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringMatching(/^promtool refuses it: .*many-to-many/) as string,
    });
  });

  it('cannot be read, asks for fixed moments, or depends on other alerts', async () => {
    const reasons = await Promise.all(
      ['up == == 0', 'up @ 100 == 0', 'up[5m:] @ end()', 'ALERTS{alertname="A"}', 'rate(up[5m+1m]) > 0'].map(
        async (query) => (await seen(rule('A', query), { series: database })).reason,
      ),
    );
    expect(reasons).toEqual([
      'its expression cannot be tried: it cannot be read at character 7',
      'its expression cannot be tried: it asks for a fixed moment with @',
      'its expression cannot be tried: it asks for a fixed moment with @',
      'it depends on other alerts, which cannot be tried with it',
      'its expression cannot be tried: 5m+1m is not a plain duration',
    ]);
  });

  it('reads native histograms, or too many series', async () => {
    const histogram = rule('Slow', 'histogram_quantile(0.9, latency) > 1');
    expect(await seen(histogram, { series: { latency: 1 }, native: ['latency'] })).toMatchObject({
      verdict: 'unknown',
      reason: 'latency selects native histograms, which are not replayed',
    });
    const series = Object.fromEntries(
      Array.from({ length: 2_001 }, (_, at) => [`up{namespace="app-services",pod="p-${String(at)}"}`, 1]),
    );
    expect(await seen(rule('Down', 'up == 0'), { series })).toMatchObject({
      verdict: 'unknown',
      reason: 'up selects 2001 series, more than the 2000 that are tried',
    });
  });

  it('is one under load, or one without monitoring', async () => {
    const load = {
      type: 'load',
      url: 'https://api',
      target: api,
      requests: 1,
      workers: 1,
      tool: 'hey',
      atMostMs: 1,
      simulated: { ratePerSecond: 1, cpuMs: 1 },
    } as const;
    const always = rule('Always', 'vector(1)');
    expect(await seen(always, { series: {}, fault: load })).toMatchObject({
      verdict: 'unknown',
      reason: 'what a load does to answer times and processor time is not known beforehand',
    });
    const { world } = await worldWith({ series: {} });
    const unwatched = { ...world, monitoring: undefined };
    const effect = effectOf(postgresDown, aroundPostgres);
    expect(await sightOf(always, intervalMs, effect, unwatched, new AbortController().signal)).toMatchObject({
      verdict: 'unknown',
      reason: 'nothing watches this environment',
    });
  });
});

describe('of very many series', { timeout: 60_000 }, () => {
  beforeEach(skipWithout('promtool'));

  it('only those of the target’s namespace are tried, and the answer says so', async () => {
    const others = Array.from({ length: 2_500 }, (_, at): [string, number] => [
      `kube_statefulset_status_replicas_ready{namespace="b",statefulset="s-${String(at)}"}`,
      1,
    ]);
    const none = rule('None', 'kube_statefulset_status_replicas_ready == 0');
    expect(await seen(none, { series: { ...database, ...Object.fromEntries(others) } })).toMatchObject({
      verdict: 'sees',
      series: 1,
      reason:
        'it fires 0ms after the first measurement of the fault (of kube_statefulset_status_replicas_ready only the series of the namespace app-services were tried)',
    });
  });
});

describe('without promtool', () => {
  const missing = () => Promise.reject(new PlatformError('prerequisite', 'promtool cannot be had'));
  const ask = async (query: string) => {
    const { world } = await worldWith({
      series: { ...database, 'up{namespace="app-services",pod="postgres-0"}': 1 },
    });
    const effect = effectOf(postgresDown, aroundPostgres);
    return sightOf(rule('A', query), intervalMs, effect, { ...world, tool: missing }, new AbortController().signal);
  };

  it('still knows the shapes that are blind', async () => {
    expect(await ask('kube_statefulset_status_replicas_ready != kube_statefulset_replicas')).toMatchObject({
      verdict: 'blind',
      reason: 'both sides become 0',
    });
    expect(await ask('up == 0')).toMatchObject({ verdict: 'blind' });
    expect(await ask('vector(1) and (sum(up) by (pod) == 0 or up == 0)')).toMatchObject({ verdict: 'blind' });
  });

  it('says of all others that they could not be tried', async () => {
    for (const query of [
      'kube_statefulset_status_replicas_ready == 0',
      'kube_statefulset_status_replicas_ready != kube_statefulset_replicas or up > 0',
      'up != bool 1 unless up == 0',
    ])
      expect(await ask(query)).toMatchObject({
        verdict: 'unknown',
        reason: 'it could not be tried: promtool cannot be had',
      });
  });
});
