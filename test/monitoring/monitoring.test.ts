import { describe, expect, it } from 'vitest';
import { monitoringAt, monitoringThrough } from '../../src/monitoring/monitoring.js';
import { apiServer } from '../kubernetes/api-server.js';
import { afterwards, refusedUrl } from '../toolchain/fixture.js';
import { program } from './programs.js';

const at = Date.parse('2026-11-21T12:00:00Z');

async function given(answers: Parameters<typeof program>[0] = {}) {
  const one = await program(answers);
  return { one, ...monitoringAt({ prometheus: one.url, alertmanager: one.url, inbox: one.url }) };
}
const success = (data: object) => ({ status: 'success', data });

describe('asking Prometheus', () => {
  it('gives numbers of one moment, infinite ones and those that are none included', async () => {
    const result = [
      { metric: { job: 'api' }, value: [at / 1000, '0.25'] },
      { metric: {}, value: [at / 1000, '+Inf'] },
      { metric: {}, value: [at / 1000, 'NaN'] },
    ];
    const { one, prometheus } = await given({ 'GET /api/v1/query': success({ resultType: 'vector', result }) });

    const samples = await prometheus.query('up{job="api"}', at);

    expect(samples).toEqual([
      { labels: { job: 'api' }, at, value: 0.25 },
      { labels: {}, at, value: Infinity },
      { labels: {}, at, value: NaN },
    ]);
    expect(one.asked).toEqual([`GET /api/v1/query?query=up%7Bjob%3D%22api%22%7D&time=${String(at / 1000)}`]);
  });

  it('gives a scalar as one number, and refuses what has no numbers', async () => {
    const { one, prometheus } = await given({
      'GET /api/v1/query': success({ resultType: 'scalar', result: [at / 1000, '1'] }),
    });
    expect(await prometheus.query('scalar(1)')).toEqual([{ labels: {}, at, value: 1 }]);
    one.answers.set('GET /api/v1/query', success({ resultType: 'string', result: [at / 1000, 'text'] }));
    await expect(prometheus.query('"text"')).rejects.toThrow(
      'the expression gives a string, not numbers of one moment',
    );
  });

  it('gives series over a range', async () => {
    const result = [
      {
        metric: { pod: 'a' },
        values: [
          [at / 1000, '1'],
          [at / 1000 + 15, '2'],
        ],
      },
    ];
    const { one, prometheus } = await given({ 'GET /api/v1/query_range': success({ resultType: 'matrix', result }) });

    const series = await prometheus.queryRange('x', { start: at, end: at + 15_000, stepMs: 15_000 });

    expect(series).toEqual([
      {
        labels: { pod: 'a' },
        points: [
          { at, value: 1 },
          { at: at + 15_000, value: 2 },
        ],
      },
    ]);
    expect(one.asked[0]).toContain(`start=${String(at / 1000)}&end=${String(at / 1000 + 15)}&step=15`);
  });

  it('tells of each rule how long it waits, how it is and when it was evaluated, and of its alerts since when they pend', async () => {
    const alert = {
      labels: { alertname: 'A' },
      annotations: {},
      state: 'pending',
      activeAt: '2026-11-21T12:00:00Z',
      value: '1',
    };
    const group = {
      name: 'g',
      file: '/rules/g.yaml',
      interval: 5,
      rules: [
        {
          name: 'A',
          query: 'up == 0',
          type: 'alerting',
          state: 'pending',
          duration: 60,
          keepFiringFor: 30,
          labels: {},
          annotations: {},
          alerts: [alert],
          health: 'ok',
          lastEvaluation: '2026-11-21T12:00:00.123456789Z',
        },
        {
          name: 'r',
          query: 'up',
          type: 'recording',
          health: 'err',
          lastError: 'no',
          lastEvaluation: '0001-01-01T00:00:00Z',
        },
      ],
    };
    const { one, prometheus } = await given({ 'GET /api/v1/rules': success({ groups: [group] }) });

    const [found] = await prometheus.rules({ type: 'alert', names: ['A', 'B'] });

    expect(one.asked).toEqual(['GET /api/v1/rules?type=alert&rule_name%5B%5D=A&rule_name%5B%5D=B']);
    expect(found).toMatchObject({ name: 'g', intervalMs: 5000 });
    expect(found?.rules[0]).toMatchObject({
      type: 'alerting',
      forMs: 60_000,
      keepFiringForMs: 30_000,
      state: 'pending',
      health: 'ok',
      lastEvaluation: at + 123,
      alerts: [{ state: 'pending', activeAt: at }],
    });
    expect(found?.rules[1]).toMatchObject({ type: 'recording', health: 'err', lastError: 'no' });
  });

  it('lists what it scrapes, where it sends alerts, and what it has loaded', async () => {
    const target = {
      labels: { job: 'api' },
      scrapePool: 'api',
      scrapeUrl: 'http://a/metrics',
      health: 'down',
      lastError: 'refused',
      lastScrape: '2026-11-21T12:00:00Z',
      discoveredLabels: {},
    };
    const { prometheus } = await given({
      'GET /api/v1/targets': success({ activeTargets: [target] }),
      'GET /api/v1/alertmanagers': success({
        activeAlertmanagers: [{ url: 'http://am/api/v2/alerts' }],
        droppedAlertmanagers: [],
      }),
      'GET /api/v1/status/config': success({ yaml: 'global: {}\n' }),
      'GET /api/v1/status/runtimeinfo': success({
        startTime: '2026-11-21T12:00:00Z',
        lastConfigTime: '2026-11-21T12:00:00Z',
        reloadConfigSuccess: true,
      }),
      'GET /api/v1/alerts': success({ alerts: [] }),
    });
    expect(await prometheus.targets()).toMatchObject([
      { labels: { job: 'api' }, health: 'down', lastError: 'refused', lastScrape: at },
    ]);
    expect(await prometheus.alertmanagers()).toEqual(['http://am/api/v2/alerts']);
    expect(await prometheus.configuration()).toBe('global: {}\n');
    expect(await prometheus.runtime()).toEqual({ startTime: at, lastConfigTime: at, reloadConfigSuccess: true });
    expect(await prometheus.alerts()).toEqual([]);
  });
});

const firing = {
  labels: { alertname: 'PostgresDown', severity: 'critical' },
  annotations: { summary: 'No pod is ready' },
  startsAt: '2026-11-21T12:00:00Z',
  endsAt: '2026-11-21T12:04:00Z',
  updatedAt: '2026-11-21T12:01:00Z',
  fingerprint: 'f1',
  receivers: [{ name: 'inbox' }],
  status: { state: 'suppressed', silencedBy: [], inhibitedBy: ['f2'], mutedBy: [] },
};

describe('asking Alertmanager', () => {
  it('tells when an alert fired, who gets it and what keeps it back', async () => {
    const { one, alertmanager } = await given({ 'GET /api/v2/alerts': [firing] });
    expect(
      await alertmanager.alerts({
        matchers: ['alertname="PostgresDown"', 'severity="critical"'],
        receiver: 'inbox',
        inhibited: false,
      }),
    ).toMatchObject([
      {
        startsAt: at,
        endsAt: at + 240_000,
        receivers: ['inbox'],
        status: { state: 'suppressed', inhibitedBy: ['f2'] },
      },
    ]);
    expect(decodeURIComponent(one.asked[0] ?? '')).toBe(
      'GET /api/v2/alerts?receiver=inbox&inhibited=false&filter=alertname="PostgresDown"&filter=severity="critical"',
    );
  });

  it('shows groups with their receiver, and the receivers there are', async () => {
    const { alertmanager } = await given({
      'GET /api/v2/alerts/groups': [{ labels: {}, receiver: { name: 'slack' }, alerts: [firing] }],
      'GET /api/v2/receivers': [{ name: 'inbox' }, { name: 'slack' }],
    });
    expect(await alertmanager.groups()).toMatchObject([{ receiver: 'slack', alerts: [{ fingerprint: 'f1' }] }]);
    expect(await alertmanager.receivers()).toEqual(['inbox', 'slack']);
  });

  it('makes silences, lists them and ends them', async () => {
    const matchers = [{ name: 'alertname', value: 'A', isRegex: false, isEqual: true }];
    const texts = { startsAt: '2026-11-21T12:00:00.000Z', endsAt: '2026-11-21T12:01:00.000Z' };
    const { one, alertmanager } = await given({
      'POST /api/v2/silences': { silenceID: 's1' },
      'GET /api/v2/silences': [
        { id: 's1', status: { state: 'active' }, matchers, createdBy: 'a', comment: 'b', ...texts },
      ],
      'DELETE /api/v2/silence/s1': 200,
    });
    const silence = { matchers, startsAt: at, endsAt: at + 60_000, createdBy: 'a', comment: 'b' };
    expect(await alertmanager.silence(silence)).toBe('s1');
    expect(await alertmanager.silences()).toEqual([{ ...silence, id: 's1', state: 'active' }]);
    await alertmanager.expire('s1');
    expect(one.asked[0]).toBe(
      `POST /api/v2/silences ${JSON.stringify({ matchers, createdBy: 'a', comment: 'b', ...texts })}`,
    );
    expect(one.asked.at(-1)).toBe('DELETE /api/v2/silence/s1');
  });
});

describe('asking the inbox', () => {
  it('gives what arrived since a moment, with when it did', async () => {
    const alert = {
      name: 'A',
      status: 'resolved',
      labels: {},
      annotations: {},
      startsAt: '2026-11-21T12:00:00Z',
      endsAt: null,
      fingerprint: 'f1',
    };
    const delivery = {
      id: '1',
      receivedAt: '2026-11-21T12:00:01Z',
      kind: 'slack',
      receiver: null,
      groupKey: null,
      status: 'resolved',
      alerts: [alert],
      body: { text: 'x' },
    };
    const { one, inbox } = await given({
      'GET /api/deliveries': { deliveries: [delivery] },
      'DELETE /api/deliveries': 204,
    });
    expect(await inbox.deliveries({ since: at, kind: 'slack', alert: 'A', status: 'resolved' })).toMatchObject([
      { kind: 'slack', receivedAt: at + 1000, alerts: [{ name: 'A', startsAt: at }], body: { text: 'x' } },
    ]);
    await inbox.clear();
    expect(decodeURIComponent(one.asked.join('\n'))).toBe(
      'GET /api/deliveries?kind=slack&alert=A&status=resolved&since=2026-11-21T12:00:00.000Z\nDELETE /api/deliveries',
    );
  });
});

describe('a program that cannot be asked', () => {
  it('is named with its address when it refuses the connection', async () => {
    const url = await refusedUrl();
    const { prometheus } = monitoringAt({ prometheus: url, alertmanager: url, inbox: url });
    await expect(prometheus.alerts()).rejects.toMatchObject({
      code: 'tool',
      message: `Prometheus (${url}) does not answer: it refused the connection`,
    });
  });

  it('is named when it is silent for too long', async () => {
    const { one } = await given();
    one.silence();
    const { alertmanager } = monitoringAt(
      { prometheus: one.url, alertmanager: one.url, inbox: one.url },
      { answerWithinMs: 100 },
    );
    await expect(alertmanager.receivers()).rejects.toThrow(/^Alertmanager \(.*\) did not answer within 100ms$/);
  });

  it('is quoted when it refuses', async () => {
    const { one, prometheus } = await given();
    await expect(prometheus.alerts()).rejects.toThrow(
      /^Prometheus \(.*\) refused GET \/api\/v1\/alerts: it answered 404/,
    );
    expect(one.asked).toHaveLength(1);
  });

  it('is not believed when it answers something else', async () => {
    const { one, inbox } = await given({ 'GET /api/deliveries': '<html>' });
    await expect(inbox.deliveries()).rejects.toThrow(
      /^inbox \(.*\) answered \/api\/deliveries with something unexpected/,
    );
    one.answers.set('GET /api/deliveries', { deliveries: [{ id: 1 }] });
    await expect(inbox.deliveries()).rejects.toThrow(/deliveries\[0\]\.id/);
  });

  it('is given up when the caller is interrupted', async () => {
    const { one, prometheus } = await given();
    one.silence();
    const interruption = new AbortController();
    const asked = prometheus.alerts(interruption.signal);
    const reason = new DOMException('interrupted', 'AbortError');
    interruption.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });
});

describe('asking through the API server', () => {
  it('goes by the proxy of the Service, for answers and for writes', async () => {
    const api = await apiServer();
    afterwards(() => api.close());
    api.answer = (response, { method }) => {
      response.end(JSON.stringify(method === 'POST' ? { silenceID: 's1' } : success({ alerts: [] })));
      return true;
    };
    const { prometheus, alertmanager } = monitoringThrough(api.client);

    expect(await prometheus.alerts()).toEqual([]);
    expect(await alertmanager.silence({ matchers: [], startsAt: at, endsAt: at, createdBy: 'a', comment: 'b' })).toBe(
      's1',
    );

    const proxy = '/api/v1/namespaces/monitoring/services';
    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET ${proxy}/kube-prometheus-stack-prometheus:http-web/proxy/api/v1/alerts`,
      `POST ${proxy}/kube-prometheus-stack-alertmanager:http-web/proxy/api/v2/silences`,
    ]);
  });

  it('says whose pods do not answer', async () => {
    const api = await apiServer();
    afterwards(() => api.close());
    api.answer = (response) => {
      response.writeHead(503).end(JSON.stringify({ message: 'no endpoints available for service "inbox"' }));
      return true;
    };
    await expect(monitoringThrough(api.client).inbox.deliveries()).rejects.toThrow(
      /^inbox \(service monitoring\/inbox:http\) does not answer: .*no endpoints available for service "inbox"$/,
    );
  });
});
