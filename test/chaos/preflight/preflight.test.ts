import { beforeEach, describe, expect, it } from 'vitest';
import type { Drill } from '../../../src/chaos/drill.js';
import type { ProbeAnswer } from '../../../src/chaos/observe/probe.js';
import { answerOf } from '../../../src/chaos/preflight/asked.js';
import { clusterTime, gatherFacts } from '../../../src/chaos/preflight/facts.js';
import { preflight } from '../../../src/chaos/preflight/preflight.js';
import { worstOf } from '../../../src/chaos/preflight/worst.js';
import type { World } from '../../../src/chaos/world.js';
import type { Clock } from '../../../src/clock.js';
import { monitoringAt } from '../../../src/monitoring/monitoring.js';
import { leasePath } from '../../../src/ownership/lease-object.js';
import { systemProcesses } from '../../../src/process.js';
import { withoutFile } from '../../../src/usecases/environment-of-record.js';
import { apiServer, send, type ApiServer } from '../../kubernetes/api-server.js';
import { program, type Program } from '../../monitoring/programs.js';
import { afterwards, refusedUrl } from '../../toolchain/fixture.js';
import { intent, putIntent } from '../given.js';
import {
  burden,
  configuration,
  firing,
  givenAutoscaler,
  givenDrill,
  givenPod,
  givenTarget,
  inWords,
  now,
} from './given.js';

const { signal } = new AbortController();
const iso = (at: number) => new Date(at).toISOString();
const success = (data: object) => ({ status: 'success', data });
/** Waiting takes no time. */
const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };

const rule = (name: string, query: string) => ({
  ...{ type: 'alerting', name, query, duration: 30, labels: { severity: 'critical', service: 'postgres' } },
  ...{ health: 'ok', lastEvaluation: iso(now - 1_000), state: 'inactive', annotations: {}, alerts: [] },
});
const { updatedAt, startsAt, endsAt, receivers, ...watchdog } = firing({ alertname: 'Watchdog' });
const query = 'max by (namespace) (kube_statefulset_status_replicas_ready{namespace="app-services"}) == 0';

/** Prometheus, Alertmanager and inbox in one, all of them well. */
const answers = {
  'GET /api/v1/rules': success({
    groups: [
      { name: 'g', file: 'f', interval: 5, rules: [rule('PostgresDown', query), rule('Watchdog', 'vector(1)')] },
    ],
  }),
  'GET /api/v1/query': success({ resultType: 'scalar', result: [now / 1000, String(now / 1000)] }),
  'GET /api/v1/alerts': success({ alerts: [] }),
  'GET /api/v1/alertmanagers': success({ activeAlertmanagers: [{ url: 'http://am/api/v2/alerts' }] }),
  'GET /api/v1/status/runtimeinfo': success({
    ...{ startTime: iso(now - 3_600_000), reloadConfigSuccess: true, lastConfigTime: iso(now - 3_600_000) },
  }),
  'GET /api/v1/status/config': success({ yaml: 'global: { scrape_interval: 5s }' }),
  'GET /api/v1/targets': success({ activeTargets: [] }),
  'GET /api/v2/alerts': [
    {
      ...watchdog,
      ...{ updatedAt: iso(updatedAt), startsAt: iso(startsAt), endsAt: iso(endsAt) },
      receivers: receivers.map((name) => ({ name })),
    },
  ],
  'GET /api/v2/alerts/groups': [],
  'GET /api/v2/silences': [],
  'GET /api/v2/status': {
    ...{ uptime: iso(now - 3_600_000), versionInfo: { version: '0.34.1' }, config: { original: configuration } },
  },
  'GET /metrics': 'alertmanager_notification_requests_total{integration="webhook",receiver_name="inbox"} 1',
  'GET /api/deliveries': { deliveries: [] },
};

let api: ApiServer;
let programs: Program;
beforeEach(async () => {
  [api, programs] = await Promise.all([apiServer(), program(answers)]);
  afterwards(() => api.close());
  put('/apis/apps/v1/namespaces/app-services/statefulsets/postgres', givenTarget());
  api.objects.set('/api/v1/namespaces/app-services/pods/postgres-0', pod('postgres-0', 'postgres'));
  api.objects.set('/api/v1/namespaces/app-services/pods/images-1', pod('images-1', 'images', 'u2'));
  // It belongs to its node: a drain leaves it.
  api.objects.set('/api/v1/namespaces/app-services/pods/agent-x', pod('agent-x', 'agent', 'u3', 'DaemonSet'));
  api.objects.set(leasePath('reaper'), {
    metadata: { name: 'reaper' },
    spec: { holderIdentity: 'reaper-1', renewTime: iso(now - 5_000), leaseDurationSeconds: 40 },
  });
});

function put(path: string, object: object): void {
  api.objects.set(path, { ...object });
}

const pod = (name: string, app: string, owner = 'u1', kind = 'StatefulSet') => ({
  metadata: {
    ...{ name, namespace: 'app-services', labels: { app } },
    ownerReferences: [{ apiVersion: 'apps/v1', kind, name: app, uid: owner, controller: true }],
  },
  spec: { ...givenPod(), nodeName: 'worker' },
  status: { phase: 'Running' },
});

function world(more: Partial<World> = {}): World {
  return {
    environment: withoutFile('shop'),
    provider: { name: 'kind', simulation: undefined },
    client: api.client,
    monitoring: monitoringAt({ prometheus: programs.url, alertmanager: programs.url, inbox: programs.url }),
    clock,
    processes: systemProcesses(),
    tool: () => Promise.reject(new Error('no tool is needed')),
    probe: () => Promise.reject(new Error('nothing is to be asked')),
    ...more,
  };
}
const found = async (drill: Drill = givenDrill(), more: Partial<World> = {}) => preflight(drill, world(more), signal);

describe('the look before a drill', () => {
  it('finds nothing to say against one that can run', async () => {
    const findings = await found();
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual([
      ...['open-drill', 'target', 'data-loss', 'owner', 'reaper', 'monitoring', 'hand-over', 'watchdog'],
      ...['rule', 'baseline', 'route', 'send-resolved'],
    ]);
  });

  it('asks everybody once', async () => {
    await found();
    const paths = programs.asked.map((line) => line.split('?')[0]);
    expect(new Set(paths).size).toBeGreaterThan(10);
    // The time of Prometheus, and the series that an expression selects.
    expect(paths.filter((path) => path === 'GET /api/v1/query')).toHaveLength(2);
    expect(paths.filter((path) => path === 'GET /api/v1/rules')).toHaveLength(1);
  });

  it('tells of an open drill with the command that takes it back', async () => {
    const restoration = { by: 'reaper', at: iso(now), results: [] };
    putIntent(api, { ...intent(), run: 'r1' });
    putIntent(api, { ...intent(), run: 'r2' }, { 'intent.json': 'not JSON' });
    putIntent(api, { ...intent(), run: 'r3' }, { 'restoration.json': JSON.stringify(restoration) });
    api.objects.set('/api/v1/namespaces/platform-system/configmaps/other', { metadata: { name: 'other' } });

    const open = (await found()).filter(({ check }) => check === 'open-drill');

    expect(open.map(({ level, message, fix }) => [level, message, fix])).toEqual([
      [
        'refused',
        'the drill db-down is open (run r1, by ann@laptop/42)',
        [`wait until it has ended, or take it back: ${intent().restoreCommand}`],
      ],
      ['refused', expect.stringContaining('the record drill-r2 of a drill cannot be read'), undefined],
    ]);
  });

  it('names what a mistyped target may mean', async () => {
    const target = { kind: 'statefulset', namespace: 'app-services', name: 'postgress' } as const;
    const findings = await found(givenDrill({ fault: { type: 'scale', target, replicas: 0 } }));
    expect(findings.find(({ check }) => check === 'target')).toMatchObject({
      level: 'refused',
      fix: ['did you mean statefulset/postgres in app-services?'],
    });
  });
});

describe('a machine whose clock is wrong', () => {
  it('is told so, and how old things are by the clocks of those who say it', async () => {
    const minutes = 360_000;
    // The API server and Prometheus say that it is `now`.
    const ahead: Clock = { ...clock, now: () => now + minutes };
    // It would be looked at until time has passed.
    api.objects.delete(leasePath('reaper'));
    api.answer = (response, { query: { dryRun } }) =>
      dryRun === 'All' && send(response, 201, { metadata: { name: 'tried', creationTimestamp: iso(now) } });

    const facts = await gatherFacts(givenDrill(), world({ clock: ahead }), signal);

    expect(facts).toMatchObject({ at: now + minutes, apiServerClock: { ms: 500 - minutes } });
    expect(clusterTime(facts)).toBe(now + 500);
    expect(answerOf(facts.monitoring?.prometheus)).toMatchObject({ now, clock: { ms: -minutes } });
    const findings = await found(givenDrill(), { clock: ahead });
    expect(inWords(findings.filter(({ check }) => check === 'clocks'))).toEqual([
      "note: clocks differ from this machine's: that of the API server is 6m 00s behind and that of Prometheus is 6m 00s behind; what they say of moments is corrected by that",
    ]);
    expect(findings.find(({ check }) => check === 'watchdog')).toMatchObject({ level: 'ok' });
  });
});

describe('a program that does not answer', () => {
  it('is a finding, whoever it is', async () => {
    const gone = await refusedUrl();
    const monitoring = monitoringAt({ prometheus: gone, alertmanager: gone, inbox: gone });
    const silent = inWords(await found(givenDrill(), { monitoring })).filter((words) => words.includes('refused the'));
    expect(silent).toEqual(
      ['pending: Prometheus', 'grouped: Alertmanager', 'delivered: inbox'].map(
        (who) => `inconclusive ${who} (${gone}) does not answer: it refused the connection`,
      ),
    );
  });

  it('may be the API server', async () => {
    await api.close();
    const findings = await found();
    expect(worstOf(findings)).toBe('refused');
    expect(findings.filter(({ level }) => level === 'refused').map(({ check }) => check)).toEqual([
      ...['open-drill', 'target', 'reaper'],
    ]);
  });

  it('may say what nobody can read', async () => {
    programs.answers.set('GET /api/v1/status/config', success({ yaml: 'global: [' }));
    expect(inWords(await found())).toContainEqual(
      expect.stringContaining('inconclusive pending: the configuration of Prometheus cannot be read'),
    );
  });
});

describe('an abort', () => {
  it('ends the look at once', async () => {
    programs.silence();
    const stop = new AbortController();
    const looking = preflight(givenDrill(), world(), stop.signal);
    stop.abort(new Error('Ctrl-C'));
    await expect(looking).rejects.toThrow('Ctrl-C');
  });
});

describe('what is asked of a drill', () => {
  const symptom = { url: 'https://webportal/login', status: 503 };
  const drill = givenDrill({ fault: burden, expect: { alerts: [], mayFire: [], symptom } });
  const asked: string[] = [];
  const probe = (url: string): Promise<ProbeAnswer> => {
    asked.push(url);
    return Promise.resolve({ at: now, durationMs: 1, status: 200 });
  };
  beforeEach(() => asked.splice(0));

  it('are the addresses of symptom and load, but not in a rehearsal', async () => {
    const { addresses } = await gatherFacts(drill, world({ probe }), signal);
    expect(asked).toEqual([symptom.url, burden.url]);
    expect(addresses).toMatchObject({ symptom: { answer: { status: 200 } }, load: { answer: { status: 200 } } });

    asked.splice(0);
    const rehearsal = world({ probe, provider: { name: 'embedded', simulation: 'simulated' } });
    expect((await gatherFacts(drill, rehearsal, signal)).addresses).toEqual({});
    expect(asked).toEqual([]);
  });

  it('is the autoscaler of its target, with the pods that run', async () => {
    const collection = '/apis/autoscaling/v2/namespaces/app-services/horizontalpodautoscalers';
    put(`${collection}/images`, givenAutoscaler());
    api.objects.set(`${collection}/other`, {
      metadata: { namespace: 'app-services', name: 'other', uid: 'o' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'images' }, maxReplicas: 2 },
    });
    const selector = { matchLabels: { app: 'images' } };
    put('/apis/apps/v1/namespaces/app-services/deployments/images', {
      ...givenTarget({ selector }, { name: 'images', uid: 'u2' }),
      kind: 'Deployment',
    });

    const { autoscaler } = await gatherFacts(drill, world({ probe }), signal);

    expect(autoscaler).toMatchObject({
      answer: {
        autoscaler: { metadata: { name: 'images' } },
        names: ['images', 'other'],
        pods: [{ nodeName: 'worker' }],
      },
    });
  });

  it('is the node that is drained, with all that runs there', async () => {
    api.objects.set('/api/v1/nodes/worker', {
      metadata: { name: 'worker' },
      spec: { unschedulable: true },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
    const target = { kind: 'statefulset', namespace: 'app-services', name: 'postgres' } as const;
    const facts = await gatherFacts(givenDrill({ fault: { type: 'drain', node: target } }), world(), signal);
    expect(facts.node).toMatchObject({
      answer: {
        nodes: [{ name: 'worker', isReady: true, isCordoned: true }],
        candidates: ['worker'],
        pods: [{ metadata: { name: 'postgres-0' } }, { metadata: { name: 'images-1' } }],
      },
    });
  });

  it('is what was proven of the pod network, for a cut', async () => {
    const fault = { type: 'cut', target: { ...burden.target }, direction: 'both', connections: 'keep' } as const;
    const facts = await gatherFacts(givenDrill({ fault }), world(), signal);
    expect(facts.networkPolicies).toEqual({ answer: undefined });
    expect((await gatherFacts(givenDrill(), world(), signal)).networkPolicies).toBeUndefined();
  });
});
