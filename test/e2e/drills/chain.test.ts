import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LinkName } from '../../../src/chaos/drill.js';
import type { DrillRecord, Finding } from '../../../src/chaos/record.js';
import { systemClock } from '../../../src/clock.js';
import { broken, drilled, isDown, namespace, recordOf, service, type Drilled } from './drilled.js';
import { readyFor } from './followed.js';
import { keep } from './kept.js';

const away = (name: string) => ({ scale: `deployment/${name}`, namespace, to: 0 });
const soon = { timeout: 60_000, interval: 50 };

/** Alerts of one fault, each of which meets another obstacle on its way. */
const alerts = {
  // Several pods stand on both sides.
  QueueUnhealthy: isDown('queue', { expr: 'kube_pod_status_phase * on (namespace) kube_pod_status_phase > 0' }),
  // What the stock rules compare: both sides become 0.
  QueueBlind: isDown('queue', {
    expr: `kube_deployment_spec_replicas{deployment="queue"} > kube_deployment_status_replicas_available{deployment="queue"}`,
  }),
  QueueSilenced: isDown('queue'),
  QueueInhibited: isDown('queue', { labels: { quiet: 'please' } }),
  // Prometheus does not know its Alertmanager in the first five seconds, and tells it only a minute later then.
  Maintenance: { expr: 'vector(1)', for: '8s', severity: 'info', summary: 'Always', labels: { to: 'nobody' } },
  QueueToNobody: isDown('queue', { labels: { to: 'nobody' } }),
  QueueToClosed: isDown('queue', { labels: { to: 'closed' } }),
  QueueToSlow: isDown('queue', { labels: { to: 'slow' } }),
  QueueToMute: isDown('queue', { labels: { to: 'mute' } }),
  QueueFirst: isDown('queue', { for: '0s', labels: { to: 'together' } }),
  QueueSecond: isDown('queue', { for: '5s', labels: { to: 'together' } }),
};
const expected = [
  'QueueMissing',
  ...Object.keys(alerts).filter((name) => !['Maintenance', 'QueueFirst'].includes(name)),
];

const drills = {
  'store-down': {
    fault: away('store'),
    expect: { alerts: ['StoreDown'], mayFire: ['StoreAlsoDown'], receiver: 'inbox' },
  },
  'store-surprise': { fault: away('store'), expect: { alerts: ['StoreDown'], receiver: 'inbox' } },
  'queue-down': {
    fault: away('queue'),
    expect: { alerts: expected, mayFire: ['QueueFirst'] },
    budgets: { pending: '15s', delivered: '8s', resolved: '30s' },
  },
  'cache-down': {
    fault: away('cache'),
    expect: { alerts: ['CacheMisrouted', 'CacheSilenced'], receiver: 'inbox' },
    budgets: { delivered: '5s' },
  },
};

const alertmanager = (closed: number, slow: number) => {
  const inbox = 'http://inbox.monitoring/alerts';
  const webhook = (name: string, url: string, resolved = true) => ({
    name,
    webhook_configs: [{ url, send_resolved: resolved }],
  });
  const route = (to: string, more: object = {}) => ({ receiver: to, matchers: [`to = ${to}`], ...more });
  return {
    route: {
      ...{ receiver: 'inbox', group_by: ['alertname'], group_wait: '1s', group_interval: '2s' },
      routes: [
        ...['nobody', 'closed', 'mute'].map((to) => route(to)),
        // Alertmanager gives a receiver as long as its group_interval.
        route('slow', { group_interval: '20s' }),
        route('together', { group_by: ['to'], group_interval: '20s' }),
      ],
    },
    inhibit_rules: [{ source_matchers: ['alertname = Maintenance'], target_matchers: ['quiet = please'] }],
    receivers: [
      { name: 'nobody' },
      webhook('inbox', inbox),
      webhook('closed', `http://127.0.0.1:${String(closed)}/`),
      webhook('slow', `http://127.0.0.1:${String(slow)}/`),
      webhook('mute', inbox, false),
      webhook('together', inbox),
    ],
  };
};

describe('the chain of alerts, link by link', { timeout: 240_000 }, () => {
  let world: Drilled;
  let slow: Server;
  beforeAll(async () => {
    slow = await listening((_, response) => {
      // Longer than the drill allows, and less than Alertmanager waits for.
      setTimeout(() => response.end(), 12_000);
    });
    const gone = await listening(() => undefined);
    const closed = portOf(gone);
    gone.close();
    world = await drilled({
      name: 'chain',
      releases: {
        store: service({ StoreDown: isDown('store'), StoreAlsoDown: isDown('store', { severity: 'warning' }) }),
        queue: service(alerts),
        cache: service({
          CacheMisrouted: isDown('cache', { labels: { to: 'mute' } }),
          CacheSilenced: isDown('cache', { for: '10s' }),
        }),
      },
      drills,
      alertmanager: alertmanager(closed, portOf(slow)),
    });
  });
  afterAll(async () => {
    await world.dispose();
    slow.closeAllConnections();
    slow.close();
  });

  /** Whatever a drill finds, nothing of it may be left. */
  const expectAsBefore = async (workload: string) => {
    expect(await world.replicas(workload)).toBe(1);
    expect(await world.leftovers()).toEqual([]);
  };
  const silence = (alert: string) => {
    const matchers = [{ name: 'alertname', value: alert, isRegex: false, isEqual: true }];
    const [startsAt, endsAt] = [systemClock.now(), systemClock.now() + 3_600_000];
    return world.monitoring.alertmanager.silence({ matchers, startsAt, endsAt, createdBy: 'ann', comment: 'too loud' });
  };

  it('holds: the drill passes, and what may fire as well does not hurt', async () => {
    await readyFor('store-down', world.sandbox);
    const document = await world.run('store-down');

    const record = recordOf(document);
    expect(record.verdict).toMatchObject({ outcome: 'passed', isRehearsed: true, reasons: [] });
    expect(document.exitCode).toBe(0);
    expect(broken(record)).toEqual([]);
    expect(
      record.observations.alerts
        .filter(({ isBaseline }) => !isBaseline)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['StoreAlsoDown', 'StoreDown']);
    await expectAsBefore('deployment/store');
    await keep('passed', record);
  });

  it('an alert that nobody expects is a weakness, and named', async () => {
    const document = await world.run('store-surprise');

    const record = recordOf(document);
    expect(document.exitCode).toBe(7);
    expect(record.verdict).toMatchObject({
      outcome: 'weakness',
      summary: 'StoreAlsoDown fired, and the drill does not expect it',
    });
    expect(broken(record)).toEqual([]);
    await expectAsBefore('deployment/store');
  });

  describe('that breaks where the look before can see it', () => {
    let findings: readonly Finding[];
    beforeAll(async () => {
      await silence('QueueSilenced');
    });
    const findingOf = (alert: string) =>
      findings
        .filter(({ level, message }) => level === 'weakness' && message.includes(alert))
        .map(({ link, message }) => ({ link, message }));

    it('is told without any change, with exit code 7', async () => {
      const document = await world.run('queue-down');

      expect(document.exitCode).toBe(7);
      const record = recordOf(document);
      findings = record.findings;
      expect(record.verdict).toMatchObject({ outcome: 'weakness', summary: 'no rule is called QueueMissing' });
      expect(record.marks.faultAt).toBeUndefined();
      await expectAsBefore('deployment/queue');
    });

    it.each<[string, LinkName, RegExp]>([
      ['QueueMissing', 'pending', /^no rule is called QueueMissing$/],
      ['QueueUnhealthy', 'pending', /cannot be evaluated: [^]*many-to-many matching not allowed/],
      ['QueueBlind', 'pending', /cannot see that/],
      ['QueueSilenced', 'routed', /is silenced until .* by ann: too loud$/],
      ['QueueInhibited', 'routed', /is inhibited by Maintenance, which fires$/],
      ['QueueToNobody', 'routed', /is routed to nobody, which has no integration and tells nobody$/],
    ])('names %s and the link %s', (alert, link, message) => {
      expect(findingOf(alert)).toContainEqual({ link, message: expect.stringMatching(message) as string });
    });

    it('and names a receiver that is not told of the end', () => {
      expect(findingOf('send_resolved')).toEqual([
        { link: 'resolved', message: 'mute is not told by webhook that an alert is over: send_resolved is off' },
      ]);
    });
  });

  describe('that breaks', () => {
    let record: DrillRecord;
    let exitCode: number;
    beforeAll(async () => {
      const document = await world.run('queue-down', '--anyway');
      ({ exitCode } = document);
      record = recordOf(document);
      await keep('broken-links', record);
    });

    it('is a weakness, with a reason for every alert that did not get through', async () => {
      expect(exitCode).toBe(7);
      expect(record.verdict.outcome).toBe('weakness');
      for (const alert of expected) expect(record.verdict.reasons.join('\n')).toContain(alert);
      await expectAsBefore('deployment/queue');
    });

    it.each<[string, LinkName, 'broken' | 'late', RegExp]>([
      ['QueueMissing', 'pending', 'broken', /^no rule is called QueueMissing$/],
      ['QueueUnhealthy', 'pending', 'broken', /^rule QueueUnhealthy fails: /],
      ['QueueBlind', 'pending', 'broken', /never pending: its expression returned nothing$/],
      ['QueueSilenced', 'delivered', 'broken', /^fired but silenced by /],
      ['QueueInhibited', 'delivered', 'broken', /^fired but inhibited by Maintenance$/],
      ['QueueToNobody', 'routed', 'broken', /^routed to nobody, which has no integrations$/],
      ['QueueToClosed', 'delivered', 'broken', /^webhook of "closed" did not take \d+ of \d+ attempts/],
      ['QueueSecond', 'delivered', 'late', /joined the group of QueueFirst, and waited for group_interval/],
      ['QueueToMute', 'resolved', 'broken', /nobody is told of it: send_resolved is off for webhook of "mute"$/],
    ])('names of %s the link %s as %s, and why', (alert, name, status, cause) => {
      expect(broken(record).filter((link) => link.alert === alert)).toEqual([
        { alert, name, status, cause: expect.stringMatching(cause) as string },
      ]);
    });

    it('names a receiver that answers too slowly', () => {
      const [slowly] = record.links.filter(({ name, alert }) => name === 'delivered' && alert === 'QueueToSlow');
      expect(slowly).toMatchObject({ status: 'late', detail: expect.stringContaining('webhook of "slow"') as string });
      expect(slowly?.tookMs).toBeGreaterThan(5_000);
      expect(record.verdict.reasons).toContainEqual(
        expect.stringMatching(/^"delivered \(QueueToSlow\)" came late after/),
      );
    });
  });

  it('breaks by a silence made during the drill, and by a route to somebody else', async () => {
    const ended = world.run('cache-down', '--anyway');
    await expect
      .poll(async () => (await world.monitoring.prometheus.alerts()).map(({ labels }) => labels['alertname']), soon)
      .toContain('CacheSilenced');
    await silence('CacheSilenced');

    const document = await ended;
    const record = recordOf(document);
    expect(document.exitCode).toBe(7);
    expect(broken(record)).toEqual([
      { alert: 'CacheMisrouted', name: 'routed', status: 'broken', cause: 'routed to mute, not to inbox' },
      {
        ...{ alert: 'CacheSilenced', name: 'delivered', status: 'broken' },
        cause: 'fired but silenced by "too loud" of ann',
      },
    ]);
    expect(record.findings).toContainEqual(
      expect.objectContaining({ link: 'routed', message: 'CacheMisrouted is routed to mute, not to inbox' }),
    );
    await expectAsBefore('deployment/cache');
    await keep('silenced-meanwhile', record);
  });
});

function listening(answer: Parameters<typeof createServer>[1]): Promise<Server> {
  const server = createServer(answer);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
