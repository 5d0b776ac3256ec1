import { describe, expect, it } from 'vitest';
import type { NotificationCount, Observations } from '../../../src/chaos/record.js';
import { verdictOf } from '../../../src/chaos/verdict.js';
import type { Receivers } from '../../../src/monitoring/receivers.js';
import { dbDownPassed } from '../records.js';
import {
  after,
  broken,
  count,
  delivery,
  drill,
  faultAt,
  fired,
  judged,
  linkOf,
  slackMessage,
  type Seen,
} from './timeline.js';

const webhook = { kind: 'webhook', sendsResolved: true };
const slack = { kind: 'slack', sendsResolved: true };
const inbox = { inbox: [webhook, slack] };

/** Counters of Slack, of the receiver `slack` if nothing else is said. */
const ofSlack = (
  seconds: number,
  sent: number,
  failed = 0,
  reasons: Record<string, number> = {},
  receiver = 'slack',
) => {
  return { ...count(seconds, sent, failed, reasons), integration: 'slack', receiver };
};

/** An alert that is routed to the real Slack and to the inbox, as the part `slack` has it. */
const toBoth = { alerts: [{ ...fired, receivers: ['slack', 'inbox'] }] };
const wanting = (receiver: string, receivers: Receivers = { ...inbox, slack: [slack] }) => ({
  drill: { ...drill, expect: { ...drill.expect, receiver } },
  receivers,
});

/** All that the inbox gets: the webhook and its own Slack. */
const deliveries = [
  ...[delivery(18, 'firing'), delivery(36, 'resolved')],
  ...[slackMessage(18.1, 'firing'), slackMessage(36.1, 'resolved')],
];

describe('a Slack message in the inbox', () => {
  it('is of the only receiver that has Slack', () => {
    const links = judged({ deliveries }, { receivers: inbox });
    expect(linkOf(links, 'delivered')).toMatchObject({
      status: 'met',
      at: after(18.1),
      detail: 'arrived in the inbox as webhook; arrived in the inbox as slack',
    });
    expect(linkOf(links, 'resolved')).toMatchObject({ status: 'met', at: after(36.1) });
  });

  it('proves nothing for another one: its counters do', () => {
    const revoked = [ofSlack(-2, 0), ofSlack(18.5, 0, 1, { authError: 1 }), ofSlack(36.5, 0, 2, { authError: 2 })];
    expect(broken(judged({ ...toBoth, deliveries, notifications: revoked }, wanting('slack')))).toEqual([
      'delivered: slack of "slack" did not take 2 of 2 attempts: it answered 401 or 403',
    ]);

    const taken = [ofSlack(-2, 0), ofSlack(18.5, 1), ofSlack(36.5, 2)];
    const links = judged({ ...toBoth, deliveries, notifications: taken }, wanting('slack'));
    expect(linkOf(links, 'delivered')).toMatchObject({
      status: 'met',
      at: after(18.5),
      detail: 'Alertmanager\'s counter of slack of "slack"; those in the inbox do not say whose they are',
    });
    expect(linkOf(links, 'resolved')).toMatchObject({ status: 'met', at: after(36.5) });
  });

  it('is not needed of a receiver that was told when the alert was kept back no longer', () => {
    const suppressed = { how: 'inhibited', by: ['NodeDown'] } as const;
    const alerts = [{ ...fired, receivers: ['inbox'], suppressed }];
    const receivers = { inbox: [webhook, { kind: 'pagerduty', sendsResolved: true }] };
    const ofPager = (seconds: number, sent: number) => ({
      ...ofSlack(seconds, sent),
      integration: 'pagerduty',
      receiver: 'inbox',
    });
    const notifications = [ofPager(-2, 0), ofPager(18.5, 1), ofPager(36.5, 2)];
    const links = judged({ alerts, deliveries, notifications }, wanting('inbox', receivers));
    expect(linkOf(links, 'delivered')).toMatchObject({ status: 'met', at: after(18.5) });
  });

  it('proves nothing of the end for another one', () => {
    const revoked = [ofSlack(-2, 0), ofSlack(18.5, 1), ofSlack(36.5, 1, 1, { authError: 1 })];
    expect(broken(judged({ ...toBoth, deliveries, notifications: revoked }, wanting('slack')))).toEqual([
      'resolved: slack of "slack" did not take 1 of 1 attempts: it answered 401 or 403',
    ]);
  });

  it('proves nothing where nobody knows who has Slack', () => {
    const message = { deliveries: [slackMessage(18, 'firing')], notifications: [] };
    expect(broken(judged(message))).toEqual([
      'delivered: PostgresDown ended 17.0s after it fired, before group_wait was over: nothing was sent',
    ]);
  });
});

describe('a receiver that is told in several ways', () => {
  const receivers = { inbox: [webhook, slack] };
  const judgedWith = (...slacks: Observations['notifications']) =>
    judged(
      { deliveries: deliveries.slice(0, 2), notifications: [count(-2, 3), count(18.5, 4), ...slacks] },
      { receivers },
    );
  const own = (seconds: number, ...counters: [number, number?, Record<string, number>?]) =>
    ofSlack(seconds, counters[0], counters[1], counters[2], 'inbox');

  it('is not told while one of them refuses', () => {
    const links = judgedWith(own(-2, 0), own(18.5, 0, 1, { authError: 1 }));
    expect(broken(links)).toEqual(['delivered: slack of "inbox" did not take 1 of 1 attempts: it answered 401 or 403']);
  });

  it('is not told while nothing is sent by one of them', () => {
    expect(broken(judgedWith())[0]).toBe('delivered: Alertmanager has sent nothing by slack of "inbox"');
  });

  it('is told when the one that failed has taken it in the end', () => {
    const links = judgedWith(own(-2, 0), own(18.5, 0, 2), own(20, 1, 3), own(36.5, 2, 3));
    expect(linkOf(links, 'delivered')).toMatchObject({ status: 'met', at: after(20) });
    expect(linkOf(links, 'resolved').status).toBe('met');
  });

  it('is told when a later turn of its group got through', () => {
    const links = judgedWith(own(-2, 0), own(18.5, 0, 9, { serverError: 1 }), own(24, 1, 9, { serverError: 1 }));
    expect(linkOf(links, 'delivered')).toMatchObject({
      status: 'late',
      cause: 'slack of "inbox" did not take 9 of 10 attempts: it answered 5xx',
    });
  });

  it('is not told when it was given up in the end', () => {
    const links = judgedWith(own(-2, 0), own(18.5, 1), own(19, 1, 9), own(24, 1, 9, { serverError: 1 }));
    expect(linkOf(links, 'delivered').status).toBe('broken');
  });

  it('is not told of the alert by what says that it is over', () => {
    const links = judgedWith(own(-2, 0), own(18.5, 0, 1), own(40, 1, 1));
    expect(broken(links)).toEqual(['delivered: slack of "inbox" did not take 1 of 2 attempts']);
  });

  it('is not told of the end while nothing is sent by one of them', () => {
    expect(broken(judgedWith(own(-2, 0), own(18.5, 1)))).toEqual([
      'resolved: PostgresDown ended, but Alertmanager has sent nothing of it by slack of "inbox": is send_resolved on?',
    ]);
  });

  it('is told of the end where it is to be told of it', () => {
    const mute = { inbox: [webhook, { ...slack, sendsResolved: false }] };
    const links = judged({ deliveries: deliveries.slice(0, 3) }, { receivers: mute });
    expect(linkOf(links, 'resolved')).toMatchObject({ status: 'met', at: after(36) });
  });
});

describe('a receiver with several integrations of a kind', () => {
  const two = { team: [slack, slack] };
  const judgedTwo = (...notifications: Observations['notifications']) =>
    judged({ alerts: [{ ...fired, receivers: ['team'] }], deliveries: [], notifications }, wanting('team', two));
  const team = (...counters: Parameters<typeof ofSlack>) => ({ ...ofSlack(...counters), receiver: 'team' });

  it('is told when as many were taken as it has', () => {
    const one = judgedTwo(team(-2, 0), team(18.5, 1));
    expect(linkOf(one, 'delivered').status).toBe('broken');
    const both = judgedTwo(team(-2, 0), team(18.5, 1), team(19.5, 2));
    expect(linkOf(both, 'delivered')).toMatchObject({ status: 'met', at: after(19.5) });
  });

  it('is not told while one of them refuses', () => {
    const links = judgedTwo(team(-2, 0), team(18.5, 1, 1, { authError: 1 }), team(20, 3, 1, { authError: 1 }));
    expect(linkOf(links, 'delivered').status).toBe('broken');
  });
});

describe('counters that name no receiver', () => {
  const withoutName = ({ at, integration, sent, failed, reasons }: NotificationCount): NotificationCount => {
    return { at, integration, sent, failed, reasons };
  };
  const nameless: Seen = {
    ...toBoth,
    deliveries: [],
    notifications: [ofSlack(-2, 0), ofSlack(18.5, 1), ofSlack(36.5, 2)].map(withoutName),
  };

  it('are those of the only receiver that has such an integration', () => {
    const links = judged(nameless, wanting('slack', { inbox: [webhook], slack: [slack] }));
    expect(linkOf(links, 'delivered')).toMatchObject({ status: 'met', at: after(18.5) });
    expect(linkOf(links, 'delivered').detail).toContain('slack, which names no receiver');
    expect(linkOf(links, 'resolved').status).toBe('met');
  });

  it('tell nothing of a receiver where another one has such an integration, too', () => {
    const links = judged(nameless, wanting('slack'));
    const detail =
      'whether slack of "slack" took it cannot be told: Alertmanager counts slack of all receivers together while its ' +
      'feature receiver-name-in-metrics is off';
    expect(linkOf(links, 'delivered')).toMatchObject({ status: 'unobserved', detail });
    expect(linkOf(links, 'resolved')).toMatchObject({ status: 'unobserved', detail });
    expect(verdictOf({ ...dbDownPassed(), findings: [], links })).toMatchObject({
      outcome: 'inconclusive',
      summary: `"delivered (PostgresDown)" cannot be judged: ${detail}`,
    });
  });

  it('tell nothing of a webhook either, which is waited for as long as it may arrive in the inbox', () => {
    const notifications = [count(-2, 3), count(17, 4)].map(withoutName);
    const both = { receivers: { inbox: [webhook], team: [webhook] } };
    const during = { ...both, marks: { startedAt: after(-10), faultAt }, now: after(19) };
    expect(linkOf(judged({ deliveries: [], notifications }, during), 'delivered').status).toBe('unreached');
    expect(linkOf(judged({ deliveries: [], notifications }, both), 'delivered').status).toBe('unobserved');
    const others = [delivery(17, 'firing', 'Other')];
    expect(broken(judged({ deliveries: others, notifications }, both))[0]).toMatch(/did not arrive in the inbox$/);
    expect(linkOf(judged({ notifications }, both), 'delivered')).toMatchObject({ status: 'met', at: after(18) });
  });

  it('tell that nothing was sent at all', () => {
    expect(broken(judged({ ...nameless, notifications: [] }, wanting('slack')))[0]).toMatch(/nothing was sent$/);
  });
});
