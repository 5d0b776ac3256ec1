import { describe, expect, it } from 'vitest';
import { prometheusRestarted } from '../../../src/chaos/words.js';
import {
  after,
  alertWithout,
  broken,
  count,
  delivery,
  drill,
  faultAt,
  fired,
  judged,
  linkOf,
  probe,
  seen,
  slackMessage,
  statuses,
  target,
} from './timeline.js';

const met =
  'fault met, endpoints met, symptom met, pending met, firing met, grouped met, routed met, delivered met, ' +
  'restored met, recovered met, resolved met';
const toldNobody = { deliveries: [], notifications: [count(-2, 3)] };

describe('a chain in which everything goes as it should', () => {
  it('is met link by link, each with its time after the one before it and how it is known', () => {
    const links = judged();
    expect(statuses(links)).toBe(met);
    expect(linkOf(links, 'endpoints')).toMatchObject({ at: after(2), tookMs: 2000, budgetMs: 5000 });
    expect(linkOf(links, 'symptom')).toMatchObject({ at: after(4), tookMs: 2000 });
    expect(linkOf(links, 'pending')).toMatchObject({ at: after(6), tookMs: 4000, detail: 'activeAt of Prometheus' });
    expect(linkOf(links, 'firing')).toMatchObject({
      alert: 'PostgresDown',
      tookMs: 10_000,
      predictedMs: 10_000,
      detail: 'startsAt of Alertmanager',
    });
    expect(linkOf(links, 'routed')).toMatchObject({ detail: 'to inbox' });
    expect(linkOf(links, 'delivered')).toMatchObject({ tookMs: 1800, detail: 'arrived in the inbox as webhook' });
    expect(linkOf(links, 'restored')).toMatchObject({ at: after(25), tookMs: 25_000 });
    expect(linkOf(links, 'recovered')).toMatchObject({ at: after(28), tookMs: 3000 });
    expect(linkOf(links, 'resolved')).toMatchObject({ at: after(36), tookMs: 8000 });
  });

  it('has its own links for each expected alert', () => {
    const both = { ...drill, expect: { ...drill.expect, alerts: ['PostgresDown', 'ApiDown'] } };
    const links = judged({}, { drill: both });
    expect(linkOf(links, 'delivered', 'PostgresDown').status).toBe('met');
    expect(linkOf(links, 'pending', 'ApiDown')).toMatchObject({ status: 'broken' });
    expect(linkOf(links, 'delivered', 'ApiDown')).toMatchObject({ status: 'unreached', cause: 'pending is broken' });
    expect(linkOf(links, 'resolved', 'ApiDown').status).toBe('unreached');
    expect(linkOf(links, 'resolved', 'PostgresDown').status).toBe('met');
  });

  it('asks for nothing that the drill does not expect', () => {
    const links = judged({}, { drill: { ...drill, expect: { alerts: [], mayFire: [] } } });
    expect(statuses(links)).toBe(
      'fault met, endpoints met, symptom unasked, pending unasked, firing unasked, grouped unasked, routed unasked, ' +
        'delivered unasked, restored met, recovered met, resolved unasked',
    );
    expect(linkOf(links, 'recovered')).toMatchObject({ at: after(27), detail: '1 of 1 pods ready' });
  });

  it('cannot show users anything in a rehearsal', () => {
    const links = judged({ probes: [] }, { isRehearsed: true });
    expect(statuses(links)).toBe(met.replace('symptom met', 'symptom unobserved'));
    expect(linkOf(links, 'endpoints').detail).toMatch(/simulated/);
    expect(
      linkOf(judged({ target: [target(-2, 1), target(2, 1, 0)] }, { isRehearsed: true }), 'endpoints').status,
    ).toBe('unobserved');
  });

  it('shows no alert where nothing watches', () => {
    const links = judged({ alerts: [], deliveries: [] }, { isWatched: false });
    expect(statuses(links)).toContain('pending unobserved, firing unobserved');
    expect(statuses(links)).toContain('resolved unobserved');
    expect(broken(links)).toEqual([]);
  });
});

describe('the first broken link', () => {
  const rule = { alert: 'PostgresDown', exists: true, health: 'ok', state: 'inactive' } as const;

  it('is the endpoints when some are left', () => {
    expect(broken(judged({ target: [target(-2, 1), target(2, 1, 0)] }))).toEqual([
      'endpoints: 1 of app/postgres can still be reached',
    ]);
  });

  it('is the symptom when users see something else', () => {
    const during = (seconds: number, status: number, hasText?: boolean) => [
      probe(-2, 200),
      probe(seconds, status, hasText),
      probe(28, 200),
    ];
    const url = 'https://webportal.shop.localhost/login';
    expect(broken(judged({ probes: during(20, 200) }))).toEqual([
      `symptom: ${url} answered 200, not 503 with "try again"`,
    ]);
    expect(broken(judged({ probes: during(20, 503, false) }))).toEqual([
      `symptom: ${url} answered 503 without "try again", not 503 with "try again"`,
    ]);
    const hang = { at: after(20), durationMs: 5000, error: 'no answer within 5.0s' };
    expect(broken(judged({ probes: [probe(-2, 200), hang, probe(28, 200)] }))).toEqual([
      `symptom: ${url} answered nothing (no answer within 5.0s), not 503 with "try again"`,
    ]);
  });

  it('is the rule that is missing, fails, was not evaluated or sees nothing', () => {
    const pending = (...rules: Parameters<typeof judged>[0][] | [object]) =>
      broken(judged({ alerts: [], ...toldNobody, ...(rules[0] as object) }));
    expect(pending({ rules: [{ alert: 'PostgresDown', exists: false }] })).toEqual([
      'pending: no rule is called PostgresDown',
    ]);
    expect(pending({ rules: [{ ...rule, health: 'err', lastError: 'many-to-many matching' }] })).toEqual([
      'pending: rule PostgresDown fails: many-to-many matching',
    ]);
    expect(pending({ rules: [{ ...rule, health: 'unknown' }] })).toEqual([
      'pending: rule PostgresDown was not evaluated',
    ]);
    expect(pending({ rules: [rule] })).toEqual([
      'pending: rule PostgresDown was never pending: its expression returned nothing',
    ]);
  });

  it('is an alert that was there before the fault', () => {
    const alerts = [{ ...fired, isBaseline: true }];
    expect(broken(judged({ alerts, ...toldNobody }))).toEqual([
      'pending: PostgresDown was there before the fault, so it proves nothing',
    ]);
  });

  it('is an alert that was pending and fell back before it fired, or never got so far', () => {
    const fellBack = { ...alertWithout('firingAt', 'groupedAt'), receivers: [], endedAt: after(11) };
    expect(broken(judged({ alerts: [fellBack], ...toldNobody }))).toEqual([
      'firing: PostgresDown was pending but never fired: it fell back after 5.0s of the 10.0s of its `for`',
    ]);
    const still = { ...alertWithout('firingAt', 'groupedAt', 'endedAt'), receivers: [] };
    expect(broken(judged({ alerts: [still], ...toldNobody }))).toEqual([
      'firing: PostgresDown was still pending after 1m 24s of the 10.0s of its `for`',
    ]);
  });

  it('is what somebody else did in the meantime', () => {
    const taken = [target(-2, 1), target(2, 0), target(8, 0, 1), target(10, 1)];
    expect(broken(judged({ alerts: [], ...toldNobody, target: taken }))).toEqual([
      'pending: somebody set postgres to 1 replica while the fault lasted',
    ]);
    const incidents = [{ at: after(5), message: 'Prometheus was restarted' }];
    expect(broken(judged({ alerts: [], ...toldNobody, incidents }))).toEqual(['pending: Prometheus was restarted']);
  });

  it('is an Alertmanager that never had the alert, or is away', () => {
    const alerts = [{ ...alertWithout('groupedAt'), receivers: [] }];
    expect(broken(judged({ alerts, ...toldNobody }))).toEqual([
      'grouped: fired, but Prometheus did not hand it over: Alertmanager never had it',
    ]);
    const incidents = [{ at: after(6), message: prometheusRestarted }];
    expect(broken(judged({ alerts, ...toldNobody, incidents }))).toEqual([
      `grouped: fired, but ${prometheusRestarted}`,
    ]);
    const silences = [
      { who: 'alertmanager', from: after(10), to: after(80), error: 'it refused the connection' } as const,
    ];
    expect(broken(judged({ alerts, ...toldNobody, silences }))).toEqual([
      'grouped: fired, but Alertmanager did not answer for 1m 04s: it refused the connection',
    ]);
  });

  it('is a route to somebody else, or to nobody', () => {
    const routed = (receivers: string[], change: object = {}) =>
      broken(judged({ alerts: [{ ...fired, receivers }], ...toldNobody }, change));
    expect(routed(['team-b'])).toEqual(['routed: routed to team-b, not to inbox']);
    expect(routed(['null'], { receivers: { null: [], inbox: [{ kind: 'webhook', sendsResolved: true }] } })).toEqual([
      'routed: routed to null, which has no integrations, not to inbox',
    ]);
    const anybody = { ...drill, expect: { alerts: ['PostgresDown'], mayFire: [] } };
    expect(routed(['null'], { drill: anybody })).toEqual(['routed: routed to null, which has no integrations']);
    expect(routed([])).toEqual(['routed: in Alertmanager, but in no group of any receiver']);
  });

  it('is a delivery that a silence, another alert or the time of day keeps back', () => {
    const suppressed = (how: 'silenced' | 'inhibited' | 'muted', by: string) =>
      broken(judged({ alerts: [{ ...fired, suppressed: { how, by: [by] } }], ...toldNobody }));
    expect(suppressed('silenced', '"maintenance" of ann')).toEqual([
      'delivered: fired but silenced by "maintenance" of ann',
    ]);
    expect(suppressed('inhibited', 'NodeDown')).toEqual(['delivered: fired but inhibited by NodeDown']);
    expect(suppressed('muted', 'weekend')).toEqual(['delivered: fired but muted by weekend']);
  });

  it('is a receiver that refuses, or does not answer', () => {
    const failing = (...reasons: [Record<string, number>?]) =>
      broken(judged({ deliveries: [], notifications: [count(-2, 3), count(20, 3, 2, ...reasons)] }));
    expect(failing({ authError: 1 })).toEqual([
      'delivered: webhook of "inbox" did not take 2 of 2 attempts: it answered 401 or 403',
    ]);
    expect(failing()).toEqual(['delivered: webhook of "inbox" did not take 2 of 2 attempts']);
  });

  it('is an alert that ended inside group_wait', () => {
    const short = { ...fired, endedAt: after(19) };
    expect(broken(judged({ alerts: [short], ...toldNobody }))).toEqual([
      'delivered: PostgresDown ended 3.0s after it fired, before group_wait was over: nothing was sent',
    ]);
  });

  it('is a receiver that cannot be reached', () => {
    const notifications = [count(-2, 3), count(20, 3, 4, { other: 4 })];
    expect(broken(judged({ deliveries: [], notifications }))).toEqual([
      'delivered: webhook of "inbox" did not take 4 of 4 attempts: it was not reached, or answered neither yes nor no',
    ]);
  });

  it('is an inbox that has not got what Alertmanager sent', () => {
    const observed = { deliveries: [delivery(18, 'firing', 'Other')] };
    expect(broken(judged(observed))).toEqual([
      'delivered: Alertmanager has sent something by webhook, but PostgresDown did not arrive in the inbox',
    ]);
  });

  it('is an Alertmanager that sends nothing, or waits with a group that was there before', () => {
    const alerts = [alertWithout('endedAt')];
    expect(broken(judged({ alerts, ...toldNobody }))).toEqual(['delivered: Alertmanager has sent nothing to inbox']);
    const joined = [{ ...alertWithout('endedAt'), joined: ['ApiDown'] }];
    expect(broken(judged({ alerts: joined, ...toldNobody }))).toEqual([
      'delivered: it joined the group of ApiDown, and waited for group_interval, not for group_wait',
    ]);
  });

  it('is the end of which nobody is told, because send_resolved is off or for no known reason', () => {
    const observed = { deliveries: [delivery(18, 'firing')], notifications: [count(-2, 3), count(18.5, 4)] };
    const receivers = { inbox: [{ kind: 'slack', sendsResolved: false }] };
    expect(broken(judged({ ...observed, deliveries: [slackMessage(18, 'firing')] }, { receivers }))).toEqual([
      'resolved: PostgresDown ended, but nobody is told of it: send_resolved is off for slack of "inbox"',
    ]);
    expect(broken(judged(observed))).toEqual([
      'resolved: PostgresDown ended, but Alertmanager has sent nothing of it to inbox: is send_resolved on?',
    ]);
  });

  it('is the end that a new Prometheus does not tell of', () => {
    const observed = {
      deliveries: [delivery(18, 'firing')],
      notifications: [count(-2, 3), count(18.5, 4)],
      incidents: [{ at: after(20), message: prometheusRestarted }],
    };
    expect(broken(judged(observed))).toEqual([
      `resolved: PostgresDown ended, and Alertmanager was not told of it: ${prometheusRestarted}`,
    ]);
  });

  it('is a target that does not come back, and why', () => {
    const rehearsed = { isRehearsed: true };
    expect(broken(judged({ target: [target(-2, 1), target(2, 0), target(27, 0, 1)] }, rehearsed))).toEqual([
      'recovered: only 0 of 1 pods got ready again',
    ]);
    const lost = { target: [target(-2, 1), target(2, 1, 0)] };
    const incidents = [{ at: after(3), message: 'statefulset/postgres in app was deleted' }];
    expect(broken(judged({ ...lost, incidents }, rehearsed))).toContain(
      'recovered: statefulset/postgres in app was deleted',
    );
    expect(broken(judged(lost, rehearsed))).toContain('recovered: it was not seen again');
  });

  it('is an alert or a page that does not recover', () => {
    expect(broken(judged({ alerts: [alertWithout('endedAt')], deliveries: [delivery(18, 'firing')] }))).toEqual([
      'resolved: PostgresDown is still there 1m 05s after the fault was taken back',
    ]);
    const links = judged({ probes: [probe(-2, 200), probe(4, 503), probe(28, 200), probe(30, 500)] });
    expect(broken(links)).toEqual(['recovered: https://webportal.shop.localhost/login still answered 500']);
  });

  it('is not a page that was well only for a moment: it recovers when it stays so', () => {
    const probes = [probe(-2, 200), probe(4, 503), probe(26, 200), probe(27, 503), probe(30, 200), probe(40, 200)];
    expect(linkOf(judged({ probes }), 'recovered')).toMatchObject({ status: 'met', at: after(30) });
    const lastly = [probe(-2, 200), probe(4, 503), probe(26, 503), probe(28, 200), probe(29, 503), probe(34, 200)];
    expect(linkOf(judged({ probes: lastly }), 'recovered').at).toBe(after(34));
  });

  it('is an alert that had ended before the fault was taken back', () => {
    const observed = { alerts: [{ ...fired, endedAt: after(22) }], deliveries: [delivery(18, 'firing')] };
    expect(broken(judged({ ...observed, notifications: [count(-2, 3), count(18.5, 4)] }))).toEqual([
      'resolved: PostgresDown ended 3.0s before the fault was taken back',
    ]);
  });
});

it('says of the fault what was done', () => {
  const marks = { startedAt: after(-10), faultAt, fault: 'node/one takes no new pods', restoredAt: after(25) };
  expect(linkOf(judged({}, { marks }), 'fault').detail).toBe('node/one takes no new pods');
});

describe('users who should notice nothing', () => {
  const unnoticed = {
    ...drill,
    expect: { alerts: [], mayFire: [], symptom: { url: 'https://webportal.shop.localhost/login', status: 200 } },
  };
  const recovered = (...probes: ReturnType<typeof probe>[]) =>
    linkOf(judged({ probes }, { drill: unnoticed }), 'recovered');

  it('are not waited for to see anything', () => {
    expect(linkOf(judged({}, { drill: unnoticed }), 'symptom')).toMatchObject({
      status: 'unasked',
      detail: 'users should notice nothing',
    });
  });

  it('are not observed in a rehearsal', () => {
    const links = judged({ probes: [] }, { drill: unnoticed, isRehearsed: true });
    expect(linkOf(links, 'symptom')).toMatchObject({ status: 'unobserved' });
    expect(linkOf(links, 'recovered')).toMatchObject({ status: 'met', detail: '1 of 1 pods ready' });
  });

  it('were served all the time, before the fault was taken back and after', () => {
    expect(recovered(probe(-2, 503), probe(1, 200), probe(20, 200), probe(27, 200))).toMatchObject({
      status: 'met',
      at: after(27),
      detail: 'https://webportal.shop.localhost/login answered as usual all 3 times',
    });
  });

  it('noticed when it was another page once, though it was well at the end', () => {
    expect(recovered(probe(1, 200), probe(4, 502), probe(5, 200), probe(28, 200))).toMatchObject({
      status: 'broken',
      cause: '1 of 4 times https://webportal.shop.localhost/login did not answer as usual, first with 502',
    });
  });

  it('are waited for until they are served again, and no longer', () => {
    const marks = { startedAt: after(-10), faultAt, restoredAt: after(25) };
    const soon = (...probes: ReturnType<typeof probe>[]) =>
      linkOf(judged({ probes }, { drill: unnoticed, marks, now: after(29) }), 'recovered').status;
    expect(soon(probe(4, 502), probe(28, 502))).toBe('unreached');
    expect(soon(probe(4, 502), probe(28, 200))).toBe('broken');
  });

  it('noticed when the page lacked its text, or nothing came', () => {
    const { expect: expected } = unnoticed;
    const withText = { ...unnoticed, expect: { ...expected, symptom: { ...expected.symptom, text: 'Log in' } } };
    const links = judged({ probes: [probe(1, 200, true), probe(3, 200, false)] }, { drill: withText });
    expect(linkOf(links, 'recovered').cause).toContain('1 of 2 times');
    expect(linkOf(links, 'recovered').cause).toContain('first with 200 without "Log in"');
    const away = { at: after(2), durationMs: 20, error: 'connection refused' };
    expect(linkOf(judged({ probes: [away] }, { drill: unnoticed }), 'recovered').cause).toContain(
      'first with nothing (connection refused)',
    );
  });

  it('cannot be told of when nobody asked after the fault was taken back', () => {
    expect(recovered(probe(1, 200)).status).toBe('broken');
  });
});

describe('a drill that somebody ended', () => {
  it('has links that were not reached, and none that are broken for it', () => {
    const marks = { startedAt: after(-10), faultAt, restoredAt: after(3), endedAt: after(4) };
    const observed = { alerts: [], deliveries: [], probes: [], target: [target(-2, 1), target(2, 0)] };
    const early = { marks, now: after(4), isCutShort: true };
    expect(statuses(judged(observed, early))).toBe(
      'fault met, endpoints met, symptom unreached, pending unreached, firing unreached, grouped unreached, ' +
        'routed unreached, delivered unreached, restored met, recovered unreached, resolved unreached',
    );
    expect(broken(judged(observed, { ...early, isCutShort: false }))).not.toEqual([]);
  });

  it('has those that had had their time by then', () => {
    const marks = { startedAt: after(-10), faultAt, restoredAt: after(80), endedAt: after(80) };
    const observed = { alerts: [], deliveries: [], probes: [], target: [target(-2, 1), target(2, 0)] };
    const links = judged(observed, { marks, now: after(80), isCutShort: true });
    expect(linkOf(links, 'pending').status).toBe('broken');
    expect(linkOf(links, 'recovered').status).toBe('unreached');
  });

  it('has not been taken back where it was not', () => {
    const marks = { startedAt: after(-10), faultAt, endedAt: after(4) };
    expect(linkOf(judged({}, { marks, now: after(4), isCutShort: true }), 'restored').status).toBe('broken');
  });
});

describe('a link that comes late', () => {
  it('says that its group waited for group_interval', () => {
    const late = {
      alerts: [{ ...fired, joined: ['ApiDown'] }],
      deliveries: [delivery(24, 'firing'), delivery(36, 'resolved')],
    };
    expect(linkOf(judged(late), 'delivered')).toMatchObject({
      status: 'late',
      tookMs: 7800,
      budgetMs: 5000,
      cause: 'it joined the group of ApiDown, and waited for group_interval, not for group_wait',
    });
  });

  it('says that the receiver did not take it at first', () => {
    const observed = {
      deliveries: [delivery(24, 'firing'), delivery(36, 'resolved')],
      notifications: [count(-2, 3), count(20, 3, 2), count(24, 4, 2)],
    };
    expect(linkOf(judged(observed), 'delivered')).toMatchObject({
      status: 'late',
      cause: 'webhook of "inbox" did not take 2 of 3 attempts',
    });
  });

  it('has the budget of links before it that nobody saw', () => {
    const withoutSymptom = { ...drill, expect: { alerts: ['PostgresDown'], mayFire: [] } };
    const change = { drill: withoutSymptom, isRehearsed: true };
    const links = judged({ target: [target(-2, 1), target(2, 1, 0)] }, change);
    expect(linkOf(links, 'pending')).toMatchObject({ status: 'met', tookMs: 6000, budgetMs: 15_000 });
  });
});

describe('a delivery that the inbox does not see', () => {
  it('is known by the counters of the receiver', () => {
    const links = judged({ deliveries: [] });
    expect(linkOf(links, 'delivered')).toMatchObject({
      status: 'met',
      at: after(18.5),
      detail: 'Alertmanager\'s counter of webhook of "inbox"; the inbox does not see it',
    });
    expect(linkOf(links, 'resolved')).toMatchObject({ status: 'met', at: after(36.5) });
  });

  it('is not known by the counters of another receiver', () => {
    const notifications = seen.notifications.map((one) => ({ ...one, receiver: 'team-b' }));
    expect(broken(judged({ deliveries: [], notifications }))).toEqual([
      'delivered: PostgresDown ended 17.0s after it fired, before group_wait was over: nothing was sent',
    ]);
  });

  it('is counted from nothing after a restart of Alertmanager', () => {
    const notifications = [count(-2, 30), count(17, 0), count(18.5, 1)];
    expect(linkOf(judged({ deliveries: [], notifications }), 'delivered')).toMatchObject({
      status: 'met',
      at: after(18.5),
    });
  });
});
