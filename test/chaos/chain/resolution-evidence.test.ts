import { describe, expect, it } from 'vitest';
import type { AlertSighting, DeliverySighting } from '../../../src/chaos/record.js';
import { verdictOf } from '../../../src/chaos/verdict.js';
import { dbDownPassed } from '../records.js';
import { after, alertWithout, broken, delivery, fired, judged, linkOf, slackMessage } from './timeline.js';

const labelsOf = (service: string) => ({ alertname: 'PostgresDown', service });
const of = (service: string, change: Partial<AlertSighting> = {}): AlertSighting => ({
  ...fired,
  labels: labelsOf(service),
  ...change,
});
/** A webhook about one service; Alertmanager's labels are more than Prometheus'. */
const told = (seconds: number, status: 'firing' | 'resolved', service: string): DeliverySighting => {
  const labels = { ...labelsOf(service), prometheus: 'monitoring/k8s' };
  return { ...delivery(seconds, status), alerts: [{ name: 'PostgresDown', status, labels }] };
};
const ofApi = [told(18, 'firing', 'api'), told(36, 'resolved', 'api')];

describe('an alert that fires for two services', () => {
  const burning = { ...alertWithout('endedAt'), labels: labelsOf('webportal') };

  it('is not over while one of them still has it', () => {
    const observed = { alerts: [of('api'), burning], deliveries: [...ofApi, told(19, 'firing', 'webportal')] };
    const links = judged(observed);
    expect(broken(links)).toEqual([
      'resolved: PostgresDown is still there 1m 05s after the fault was taken back for service=webportal',
    ]);
    const record = dbDownPassed();
    const observations = { ...record.observations, ...observed };
    expect(verdictOf({ ...record, observations, links }).outcome).toBe('weakness');
  });

  it('is over when the last end of which somebody is to be told has arrived', () => {
    const alerts = [of('api'), of('webportal', { endedAt: after(37) })];
    const both = [...ofApi, told(19, 'firing', 'webportal'), told(40, 'resolved', 'webportal')];
    expect(linkOf(judged({ alerts, deliveries: both }), 'resolved')).toMatchObject({ status: 'met', at: after(40) });
    expect(broken(judged({ alerts, deliveries: both.slice(0, 3) }))).toEqual([
      'resolved: PostgresDown ended for service=webportal, but that did not arrive in the inbox',
    ]);
  });

  it('is over where the other one was never told of, or ended before', () => {
    const never = [of('api'), of('webportal', { endedAt: after(37) })];
    expect(linkOf(judged({ alerts: never, deliveries: ofApi }), 'resolved')).toMatchObject({ at: after(37) });
    const before = [of('api'), of('webportal', { endedAt: after(20) })];
    expect(linkOf(judged({ alerts: before, deliveries: ofApi }), 'resolved')).toMatchObject({ at: after(36) });
  });

  it('is over where only the notification says so', () => {
    const alerts = [of('api'), burning];
    const deliveries = [...ofApi, told(19, 'firing', 'webportal'), told(40, 'resolved', 'webportal')];
    expect(linkOf(judged({ alerts, deliveries }), 'resolved')).toMatchObject({ status: 'met', at: after(40) });
  });
});

describe('a notification about another service', () => {
  const alerts = [of('api'), of('webportal', { isBaseline: true })];

  it('proves neither that the alert was told of nor its end', () => {
    const repeated = [told(18, 'firing', 'webportal'), told(36, 'resolved', 'webportal')];
    expect(broken(judged({ alerts, deliveries: repeated }))).toEqual([
      'delivered: Alertmanager has sent something by webhook, but PostgresDown did not arrive in the inbox',
    ]);
    expect(broken(judged({ alerts, deliveries: [told(18, 'firing', 'api'), ...repeated] }))[0]).toMatch(/^resolved: /);
    expect(broken(judged({ alerts, deliveries: ofApi }))).toEqual([]);
  });

  it('may be any that has only its name', () => {
    const receivers = { inbox: [{ kind: 'slack', sendsResolved: true }] };
    const deliveries = [slackMessage(18, 'firing'), slackMessage(36, 'resolved')];
    expect(broken(judged({ alerts: [of('api')], deliveries }, { receivers }))).toEqual([]);
    expect(broken(judged({ alerts, deliveries, notifications: [] }, { receivers }))[0]).toMatch(/^delivered: /);
  });
});
