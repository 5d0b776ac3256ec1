import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { monitoringAt } from '../../src/monitoring/monitoring.js';
import { receiversFor, routesOf } from '../../src/monitoring/routing.js';
import { systemProcesses } from '../../src/process.js';
import { skipWithout, tool } from '../installed-tool.js';
import { configuration } from './given-routes.js';
import { realProgram } from './real-program.js';

type Labels = Readonly<Record<string, string>>;

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
      groupWaitMs: 10_000,
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

describe('the configuration that an Alertmanager has loaded', () => {
  beforeEach(skipWithout('alertmanager'));

  it('is read as the one it was given', async () => {
    // It does not tell of an empty group_by.
    const given = configuration.replace('group_by: []', '');
    const url = await realProgram('alertmanager', () => ({ 'alertmanager.yml': given }));
    const { alertmanager } = monitoringAt({ prometheus: url, alertmanager: url, inbox: url });
    const loaded = await alertmanager.status();
    expect(loaded.configuration).not.toBe(given);
    expect(routesOf(loaded.configuration)).toEqual(routesOf(given));
  });
});
