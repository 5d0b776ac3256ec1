import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { receiversFor, routesOf } from '../../src/monitoring/routing.js';
import { systemProcesses } from '../../src/process.js';
import { skipWithout, tool } from '../installed-tool.js';

type Labels = Readonly<Record<string, string>>;

/** Every syntax of matchers, routes within routes, `continue`, and groups. */
const configuration = `
route:
  receiver: fallback
  group_by: [alertname, namespace]
  group_wait: 10s
  repeat_interval: 1w
  routes:
    - receiver: old
      match: { service: old }
      match_re: { severity: warning|critical }
    - receiver: audit
      matchers: ['severity=critical']
      continue: true
    - receiver: quoted
      matchers: ['"team.name"="a b"', region !~ "eu-.*"]
      group_by: [...]
    - receiver: team
      matchers: ['{team=~"red|blue", severity!="none"}']
      group_interval: 1m
      routes:
        - receiver: red
          matchers: [team = "red"]
          group_wait: 0s
          continue: true
        - matchers: [night="yes"]
          mute_time_intervals: [nights]
          group_by: []
        - receiver: deep
          matchers: [level="1"]
          routes:
            - receiver: deeper
              matchers: [level=~".", depth="2"]
    - receiver: "null"
      matchers: ['alertname=~"Watchdog|InfoInhibitor"']
inhibit_rules:
  - source_matchers: [severity = critical]
    target_match_re: { severity: warning|info }
    equal: [alertname, namespace]
time_intervals:
  - name: nights
    time_intervals: [{ times: [{ start_time: '22:00', end_time: '24:00' }] }]
receivers:
  - name: fallback
    slack_configs: [{ api_url: 'http://localhost/slack', channel: '#a' }]
    webhook_configs: [{ url: 'http://localhost/', send_resolved: false }, { url: 'http://localhost/2' }]
  - name: old
  - name: audit
  - name: quoted
  - name: team
  - name: red
  - name: deep
  - name: deeper
  - name: "null"
`;

const alerts: readonly Labels[] = [
  { alertname: 'A' },
  { alertname: 'A', service: 'old', severity: 'critical' },
  { alertname: 'A', service: 'old', severity: 'info' },
  { alertname: 'A', severity: 'critical' },
  { alertname: 'A', severity: 'critical', team: 'red' },
  { alertname: 'A', team: 'red' },
  { alertname: 'A', team: 'red', night: 'yes' },
  { alertname: 'A', team: 'blue' },
  { alertname: 'A', team: 'blue', level: '1' },
  { alertname: 'A', team: 'blue', level: '1', depth: '2' },
  { alertname: 'A', team: 'red', level: '1', depth: '2' },
  { alertname: 'A', team: 'blues' },
  { alertname: 'A', team: 'blue', severity: 'none' },
  { alertname: 'Watchdog', severity: 'none' },
  { alertname: 'Watchdog', severity: 'critical' },
  { alertname: 'A', region: 'eu-north-1' },
];

async function amtool(labels: Labels): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-routes-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'alertmanager.yml');
  await writeFile(file, configuration);
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const { stdout } = await systemProcesses().run(await tool('amtool'), [
    ...['config', 'routes', 'test', `--config.file=${file}`],
    ...pairs,
  ]);
  return stdout.trim().split(',');
}

const routing = routesOf(configuration);
const names = (labels: Labels, isComplete = true) =>
  receiversFor(routing, { known: labels, isComplete }).map(({ route }) => route.receiver);

describe('the receivers of an alert', () => {
  beforeEach(skipWithout('amtool'));

  it.each(alerts)('are those that amtool names: $alertname $severity $team $night $level $depth', async (labels) => {
    expect(names(labels)).toEqual(await amtool(labels));
  });

  it('are certain where all labels are known', () => {
    for (const known of alerts) {
      const found = receiversFor(routing, { known, isComplete: true });
      expect(found.every(({ certainty }) => certainty === 'yes')).toBe(true);
    }
  });
});

describe('the receivers of an alert whose labels are not all known', () => {
  const some = (known: Labels) =>
    receiversFor(routing, { known, isComplete: false }).map(({ route, certainty }) => `${certainty} ${route.receiver}`);

  it('are all that it may have, until one takes it for certain', () => {
    expect(some({ alertname: 'A', severity: 'critical', service: 'x' })).toEqual([
      'yes audit',
      'maybe quoted',
      'maybe red',
      'maybe team',
      'maybe deeper',
      'maybe deep',
      'maybe team',
    ]);
  });

  it('may be the one of the first route where nothing is certain', () => {
    const found = some({ alertname: 'A', severity: 'info', service: 'x', team: 'green' });
    expect(found).toEqual(['maybe quoted', 'maybe fallback']);
  });

  it('are certain where what decides is known', () => {
    expect(some({ alertname: 'A', service: 'old', severity: 'critical' })).toEqual(['yes old']);
  });
});

describe('reading the configuration of Alertmanager', () => {
  const [fallback] = receiversFor(routing, { known: { alertname: 'A' }, isComplete: true });
  const route = (labels: Labels) => receiversFor(routing, { known: labels, isComplete: true })[0]?.route;

  it('hands down what a route does not say, and fills up with what Alertmanager does by itself', () => {
    expect(fallback?.route).toMatchObject({
      groupBy: ['alertname', 'namespace'],
      groupWaitMs: 10_000,
      groupIntervalMs: 300_000,
      repeatIntervalMs: 7 * 86_400_000,
    });
    expect(route({ team: 'red' })).toMatchObject({
      receiver: 'red',
      groupBy: ['alertname', 'namespace'],
      groupWaitMs: 0,
      groupIntervalMs: 60_000,
    });
    expect(route({ team: 'blue', night: 'yes' })).toMatchObject({
      receiver: 'team',
      groupBy: [],
      mutedDuring: ['nights'],
    });
    expect(route({ 'team.name': 'a b' })).toMatchObject({ receiver: 'quoted', groupBy: 'all' });
    // Times are not handed down.
    expect(route({ team: 'blue', level: '1', depth: '2' })).toMatchObject({ mutedDuring: [], receiver: 'deeper' });
  });

  it('tells who is told of the end: by default webhooks, and not Slack', () => {
    expect(routing.receivers[0]).toEqual({
      name: 'fallback',
      integrations: [
        { kind: 'slack', sendsResolved: false },
        { kind: 'webhook', sendsResolved: false },
        { kind: 'webhook', sendsResolved: true },
      ],
    });
    expect(routing.receivers.at(-1)).toEqual({ name: 'null', integrations: [] });
  });

  it('knows who keeps whom quiet', () => {
    expect(routing.inhibitions).toEqual([
      {
        source: [{ name: 'severity', value: 'critical', isRegex: false, isEqual: true }],
        target: [{ name: 'severity', value: 'warning|info', isRegex: true, isEqual: true }],
        equal: ['alertname', 'namespace'],
      },
    ]);
  });

  it.each([
    ['', 'the configuration of Alertmanager cannot be read'],
    ['route: [', 'the configuration of Alertmanager cannot be read'],
    ['route: { matchers: [nothing] }', '"nothing" is no matcher of labels'],
    ['route: { group_wait: soon }', '"soon" is not a duration'],
  ])('refuses %j', (text, message) => {
    expect(() => routesOf(text)).toThrow(message);
  });
});
