import { describe, expect, it } from 'vitest';
import type { Observations } from '../../../src/chaos/record.js';
import type { Observer } from '../../../src/chaos/observe/observer.js';
import { program } from '../../monitoring/programs.js';
import { drill } from '../chain/timeline.js';
import {
  delivered,
  hasAlertmanager,
  hasPrometheus,
  hasRules,
  startedAt,
  surroundings,
  type Surroundings,
} from './surroundings.js';

const postgres = { alertname: 'PostgresDown', namespace: 'app' };
const minutes = 60_000;

/** Waits for facts until there is what is looked for. */
async function until<T>(observer: Observer, look: (observations: Observations) => T | undefined): Promise<T> {
  const signal = AbortSignal.timeout(30_000);
  for (;;) {
    const found = look(observer.observations);
    if (found !== undefined) return found;
    await observer.changed(signal);
  }
}

const alertOf = (observations: Observations, name = 'PostgresDown') =>
  observations.alerts.findLast((alert) => alert.name === name);

/** Some looks of every watcher, whether or not they find anything new. */
async function aWhile({ clock }: Surroundings): Promise<void> {
  await clock.sleep(4_000);
}

describe('following an alert', () => {
  it.each([
    ['agree', 0, 0],
    ['of Prometheus is two minutes ahead and of the inbox behind', 2 * minutes, -2 * minutes],
    ['of Prometheus is two minutes behind and of the inbox ahead', -2 * minutes, 2 * minutes],
  ])('keeps everything in its order where the clocks %s', async (_, prometheus, inbox) => {
    const given = await surroundings({ prometheus, inbox });
    const observer = given.observe(drill);
    await until(observer, ({ rules }) => rules[0]);
    const now = () => given.clock.now();
    given.faultAt = now();

    await given.clock.sleep(3_000);
    const activeAt = now() + prometheus;
    hasPrometheus(given.prometheus, [{ labels: postgres, at: activeAt }]);
    await until(observer, (seen) => alertOf(seen)?.pendingAt);
    await given.clock.sleep(3_000);
    const startsAt = now() + prometheus;
    hasPrometheus(given.prometheus, [{ labels: postgres, state: 'firing', at: activeAt }]);
    hasAlertmanager(given.alertmanager, [{ alerts: [{ id: 'a', labels: postgres, at: startsAt }] }]);
    await until(observer, (seen) => alertOf(seen)?.groupedAt);
    await given.clock.sleep(3_000);
    delivered(given.inbox, now() + inbox, 'firing');
    await until(observer, ({ deliveries }) => deliveries[0]);

    const alert = alertOf(observer.observations);
    expect(alert).toMatchObject({ isBaseline: false, receivers: ['inbox'], labels: postgres });
    const [delivery] = observer.observations.deliveries;
    const order = [given.faultAt, alert?.pendingAt, alert?.firingAt, alert?.groupedAt, delivery?.at, now()];
    expect(order).toEqual([...order].sort((one, other) => (one ?? 0) - (other ?? 0)));
    expect(Math.abs((observer.clockOffsetsMs['prometheus'] ?? NaN) - prometheus)).toBeLessThan(1_500);
    expect(observer.observations.alerts).toHaveLength(1);
  });

  it('tells what was there before the fault from what came after it', async () => {
    const given = await surroundings();
    const old = { labels: { alertname: 'Old' }, state: 'firing', at: given.clock.now() - 5 * minutes } as const;
    hasPrometheus(given.prometheus, [old]);
    const observer = given.observe(drill);
    await until(observer, (seen) => alertOf(seen, 'Old'));
    given.faultAt = given.clock.now();
    hasPrometheus(given.prometheus, [old, { labels: postgres, at: given.clock.now() }]);
    await until(observer, (seen) => alertOf(seen));
    expect(alertOf(observer.observations, 'Old')?.isBaseline).toBe(true);
    expect(alertOf(observer.observations)?.isBaseline).toBe(false);
  });

  it('sees that a pending alert fell back, and that it came again', async () => {
    const given = await surroundings();
    const observer = given.observe(drill);
    given.faultAt = given.clock.now();
    hasPrometheus(given.prometheus, [{ labels: postgres, at: given.clock.now() }]);
    await until(observer, (seen) => alertOf(seen));
    hasPrometheus(given.prometheus, []);
    await until(observer, (seen) => alertOf(seen)?.endedAt);
    expect(alertOf(observer.observations)).not.toHaveProperty('firingAt');
    hasPrometheus(given.prometheus, [{ labels: postgres, at: given.clock.now() }]);
    await until(observer, ({ alerts }) => alerts[1]);
    expect(alertOf(observer.observations)).not.toHaveProperty('endedAt');
  });

  it('knows an alert again that got other labels on its way to Alertmanager', async () => {
    const given = await surroundings();
    const observer = given.observe(drill);
    given.faultAt = given.clock.now();
    const at = given.clock.now();
    const pods = ['a', 'b'].map((pod) => ({ ...postgres, pod }));
    hasPrometheus(
      given.prometheus,
      pods.map((labels) => ({ labels, state: 'firing', at }) as const),
    );
    const told = { ...pods[1], prometheus: 'monitoring/main' };
    hasAlertmanager(given.alertmanager, [{ alerts: [{ id: 'b', labels: told, at }] }]);
    await until(observer, ({ alerts }) => alerts.find(({ groupedAt }) => groupedAt));
    await aWhile(given);
    const found = observer.observations.alerts.map(({ labels, receivers }) => [labels['pod'], ...receivers]);
    expect(found.sort()).toEqual([['a'], ['b', 'inbox']]);
  });

  it('names what keeps Alertmanager from telling anybody, and whose group an alert joined', async () => {
    const given = await surroundings();
    const at = given.clock.now();
    const node = { id: 'n', labels: { alertname: 'NodeDown' }, at };
    hasAlertmanager(given.alertmanager, [{ alerts: [node] }]);
    const silence = { id: 's', status: { state: 'active' }, matchers: [], createdBy: 'ann', comment: 'maintenance' };
    const times = { startsAt: new Date(at).toISOString(), endsAt: new Date(at).toISOString() };
    given.alertmanager.answers.set('GET /api/v2/silences', [{ ...silence, ...times }]);
    const observer = given.observe(drill);
    await until(observer, (seen) => alertOf(seen, 'NodeDown'));

    const inhibited = { id: 'p', labels: postgres, at, status: { state: 'suppressed', inhibitedBy: ['n'] } };
    const silenced = { id: 'q', labels: { alertname: 'ApiDown' }, at, status: { silencedBy: ['s'] } };
    hasAlertmanager(given.alertmanager, [{ alerts: [node, inhibited] }, { labels: { a: 'b' }, alerts: [silenced] }]);
    await until(observer, (seen) => alertOf(seen, 'ApiDown'));

    expect(alertOf(observer.observations)).toMatchObject({
      suppressed: { how: 'inhibited', by: ['NodeDown'] },
      joined: ['NodeDown'],
    });
    expect(alertOf(observer.observations, 'ApiDown')).toMatchObject({
      suppressed: { how: 'silenced', by: ['"maintenance" of ann'] },
    });
    expect(alertOf(observer.observations, 'ApiDown')).not.toHaveProperty('joined');

    hasAlertmanager(given.alertmanager, [{ alerts: [node] }]);
    await until(observer, (seen) => alertOf(seen)?.endedAt);
    expect(alertOf(observer.observations)?.suppressed?.how).toBe('inhibited');
  });

  it('counts what Alertmanager sends from the first look on', async () => {
    const given = await surroundings();
    const labels = 'integration="webhook",receiver_name="inbox"';
    const metrics = (sent: number, failed: number) =>
      [
        `alertmanager_notification_requests_total{${labels}} ${String(sent + failed)}`,
        `alertmanager_notification_requests_failed_total{${labels}} ${String(failed)}`,
        `alertmanager_notifications_failed_total{${labels},reason="authError"} ${String(failed)}`,
      ].join('\n');
    given.alertmanager.answers.set('GET /metrics', metrics(0, 0));
    const observer = given.observe(drill);
    await aWhile(given);
    expect(observer.observations.notifications).toEqual([]);
    given.alertmanager.answers.set('GET /metrics', metrics(2, 1));
    await until(observer, ({ notifications }) => notifications[1]);
    expect(observer.observations.notifications).toMatchObject([
      { receiver: 'inbox', integration: 'webhook', sent: 0, failed: 0 },
      { receiver: 'inbox', integration: 'webhook', sent: 2, failed: 1, reasons: { authError: 1 } },
    ]);
  });

  it('leaves out what had arrived before', async () => {
    const given = await surroundings();
    delivered(given.inbox, given.clock.now() - minutes, 'firing', 'Old');
    const observer = given.observe(drill);
    await aWhile(given);
    delivered(given.inbox, given.clock.now(), 'firing');
    await until(observer, ({ deliveries }) => deliveries[0]);
    expect(observer.observations.deliveries.map(({ alerts }) => alerts)).toEqual([
      [{ name: 'PostgresDown', status: 'firing', labels: { alertname: 'PostgresDown' } }],
    ]);
  });
});

describe('somebody who does not answer', () => {
  it('is a restarted Prometheus: its silence is written down, and its alerts are not over because it has none', async () => {
    const given = await surroundings();
    const observer = given.observe(drill);
    const alert = { labels: postgres, state: 'firing', at: given.clock.now() } as const;
    hasPrometheus(given.prometheus, [alert]);
    await until(observer, (seen) => alertOf(seen)?.firingAt);

    await given.prometheus.close();
    await until(observer, ({ silences }) => silences.find(({ who }) => who === 'prometheus'));
    await aWhile(given);
    const again = await program({}, given.prometheus.port);
    startedAt(again, given.clock.now());
    hasPrometheus(again, []);
    hasRules(again, 'unknown');
    const incident = await until(observer, ({ incidents }) =>
      incidents.find(({ message }) => message.includes('restart')),
    );
    await aWhile(given);

    expect(incident.message).toMatch(/^Prometheus was restarted/);
    const silences = observer.observations.silences.filter(({ who }) => who === 'prometheus');
    expect(silences).toHaveLength(1);
    expect(silences[0]?.error).toMatch(/refused the connection|closed|hang up|fetch/);
    expect(alertOf(observer.observations)).not.toHaveProperty('endedAt');

    const later = { ...alert, state: 'pending', at: given.clock.now() } as const;
    hasPrometheus(again, [later]);
    hasRules(again, 'pending', [later]);
    await aWhile(given);
    expect(observer.observations.alerts).toHaveLength(1);

    hasPrometheus(again, []);
    hasRules(again, 'inactive');
    await until(observer, (seen) => alertOf(seen)?.endedAt);
  });

  it('is one that is slow: nobody waits for its answer to say so', async () => {
    const given = await surroundings();
    const observer = given.observe(drill);
    await until(observer, ({ rules }) => rules[0]);
    given.inbox.silence();
    const silence = await until(observer, ({ silences }) => silences[0]);
    expect(silence).toMatchObject({ who: 'inbox', error: 'no answer within 6.0s' });
  });

  it('keeps nobody else from being watched', async () => {
    const given = await surroundings();
    const observer = given.observe(drill);
    await given.alertmanager.close();
    await given.inbox.close();
    await until(observer, ({ silences }) => silences[1]);
    hasPrometheus(given.prometheus, [{ labels: postgres, at: given.clock.now() }]);
    await until(observer, (seen) => alertOf(seen));
  });

  it('does not keep the watchers from ending', async () => {
    const given = await surroundings();
    given.prometheus.silence();
    const observer = given.observe(drill);
    await aWhile(given);
    await observer.stop();
    expect(observer.observations.silences.filter(({ who }) => who !== 'prometheus')).toEqual([]);
  });
});

describe('what users see', () => {
  it('is asked for again and again, and no answer is one, too', async () => {
    let answers = 0;
    const probe = () => {
      const at = (answers += 1);
      if (answers > 2) return Promise.resolve({ at, durationMs: 5, error: 'it refused the connection' });
      return Promise.resolve({ at, durationMs: 5, status: 503, body: answers === 1 ? 'please try again' : 'oops' });
    };
    const observer = (await surroundings({}, { probe })).observe(drill);
    await until(observer, ({ probes }) => probes[2]);
    expect(observer.observations.probes.slice(0, 3)).toEqual([
      { at: 1, durationMs: 5, status: 503, hasText: true },
      { at: 2, durationMs: 5, status: 503, hasText: false },
      { at: 3, durationMs: 5, error: 'it refused the connection' },
    ]);
  });

  it('is nothing in a rehearsal', async () => {
    const given = await surroundings({}, { provider: { name: 'embedded', simulation: 'no container runs' } });
    const observer = given.observe(drill);
    await aWhile(given);
    expect(observer.observations.incidents.filter(({ message }) => message.includes('symptom'))).toEqual([]);
    expect(observer.observations.probes).toEqual([]);
  });
});

describe('the journal of what is seen', () => {
  it('has every fact once, and those of watchers that others add', async () => {
    const given = await surroundings();
    const sample = { at: 1, desired: 2, current: 2, ready: 2, conditions: [] };
    const observer = given.observe({ ...drill, expect: { alerts: [], mayFire: [] } }, (ledger) => [
      { name: 'broken', everyMs: 500, look: () => Promise.reject(new Error('out of order')) },
      {
        name: 'autoscaler',
        everyMs: 500,
        look: async () => {
          await Promise.resolve();
          ledger.put('autoscaler', sample);
        },
      },
    ]);
    await aWhile(given);
    expect(observer.observations.autoscaler[0]).toEqual(sample);
    expect(given.facts.filter(({ kind }) => kind === 'alerts')).toEqual([]);
    hasPrometheus(given.prometheus, [{ labels: postgres, at: given.clock.now() }]);
    await until(observer, (seen) => alertOf(seen));
    await aWhile(given);
    expect(given.facts.filter(({ kind }) => kind === 'alerts')).toHaveLength(1);
    const incidents = observer.observations.incidents.map(({ message }) => message);
    expect(incidents.filter((message) => message === 'broken cannot be watched: out of order')).toHaveLength(1);
  });

  it('ends a wait when the one who waits is interrupted', async () => {
    const observer = (await surroundings()).observe(drill);
    await observer.stop();
    const reason = new Error('interrupted');
    await expect(observer.changed(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
