import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import type { ChainInput } from '../../../src/chaos/chain/evidence.js';
import { judgeChain } from '../../../src/chaos/chain/judge.js';
import { isComplete } from '../../../src/chaos/chain/progress.js';
import { startObserving } from '../../../src/chaos/observe/observer.js';
import type { Drill } from '../../../src/chaos/drill.js';
import type { Link } from '../../../src/chaos/record.js';
import { systemClock } from '../../../src/clock.js';
import { receiversByName } from '../../../src/monitoring/receivers.js';
import { routesOf } from '../../../src/monitoring/routing.js';
import { monitoringAt } from '../../../src/monitoring/monitoring.js';
import { freePort } from '../../apps/ports.js';
import { skipWithout, tool } from '../../installed-tool.js';
import { temporaryFolder } from '../../toolchain/fixture.js';
import { surroundings } from './surroundings.js';

beforeEach(skipWithout('prometheus', 'alertmanager'));

async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

/** A process that ends with the test. */
function run(program: string, args: readonly string[]): void {
  const child = spawn(program, args, { stdio: 'ignore' });
  onTestFinished(async () => {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
  });
}

/** What a webhook of Alertmanager leaves in the inbox. */
function inbox(deliveries: object[]): RequestListener {
  return (request, response) => {
    void text(request).then((body) => {
      if (request.method === 'GET') {
        response.end(JSON.stringify({ deliveries }));
        return;
      }
      const { receiver, status, alerts } = JSON.parse(body) as {
        receiver: string;
        status: string;
        alerts: { status: string; labels: { alertname: string } }[];
      };
      const told = alerts.map((alert) => ({ name: alert.labels.alertname, annotations: {}, ...alert }));
      const receivedAt = new Date().toISOString();
      deliveries.push({
        id: String(deliveries.length),
        receivedAt,
        kind: 'webhook',
        receiver,
        status,
        alerts: told,
        body: {},
      });
      response.end();
    });
  };
}

const rules = `
groups:
  - name: drill
    interval: 1s
    rules:
      - { alert: Down, expr: down == 1, for: 2s, labels: { team: inbox } }
      - { alert: Muffled, expr: down == 1, labels: { team: inbox } }
      - { alert: Refused, expr: down == 1, labels: { team: refusing } }
      - { alert: Nobody, expr: down == 1, labels: { team: nobody } }
      - { alert: Blind, expr: down == 2, labels: { team: inbox } }
`;

const quick = 'group_by: [alertname], group_wait: 1s, group_interval: 2s';

it('follows alerts of a real Prometheus through a real Alertmanager, and names what breaks each of them', async () => {
  const folder = await temporaryFolder();
  let down = 0;
  const target = await served((_, response) =>
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(`down ${String(down)}\n`),
  );
  const inboxAt = await served(inbox([]));
  const refusing = await served((_, response) => response.writeHead(403).end());
  const ports = { prometheus: await freePort(), alertmanager: await freePort() };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'rules.yaml'), rules);
  await writeFile(
    join(folder, 'prometheus.yaml'),
    `global: { scrape_interval: 1s, evaluation_interval: 1s, external_labels: { cluster: shop } }
rule_files: [rules.yaml]
scrape_configs: [{ job_name: target, static_configs: [{ targets: ['${target}'] }] }]
alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${String(ports.alertmanager)}'] }] }] }
`,
  );
  await writeFile(
    join(folder, 'alertmanager.yaml'),
    `route:
  { receiver: inbox, ${quick}, routes: [{ receiver: refusing, matchers: [team = refusing] }, { receiver: nobody, matchers: [team = nobody] }] }
inhibit_rules: [{ source_matchers: [alertname = Refused], target_matchers: [alertname = Muffled] }]
receivers:
  - { name: inbox, webhook_configs: [{ url: 'http://${inboxAt}/alerts' }] }
  - { name: refusing, webhook_configs: [{ url: 'http://${refusing}/' }] }
  - { name: nobody }
`,
  );
  run(await tool('alertmanager'), [
    `--config.file=${join(folder, 'alertmanager.yaml')}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${String(ports.alertmanager)}`,
    '--cluster.listen-address=',
    '--enable-feature=receiver-name-in-metrics',
  ]);
  run(await tool('prometheus'), [
    `--config.file=${join(folder, 'prometheus.yaml')}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${String(ports.prometheus)}`,
  ]);
  const monitoring = monitoringAt({
    prometheus: `http://127.0.0.1:${String(ports.prometheus)}`,
    alertmanager: `http://127.0.0.1:${String(ports.alertmanager)}`,
    inbox: `http://${inboxAt}`,
  });
  const { world } = await surroundings();
  const drill: Drill = {
    name: 'down',
    summary: 'It is down',
    origin: 'test',
    fault: { type: 'drain', node: 'worker' },
    expect: { alerts: ['Down', 'Muffled', 'Refused', 'Nobody', 'Blind'], mayFire: [] },
    budgets: {},
    holdMs: 0,
  };
  const marks: { -readonly [Key in keyof ChainInput['marks']]: ChainInput['marks'][Key] } = {
    startedAt: systemClock.now(),
  };
  const observer = startObserving(
    drill,
    { ...world, monitoring, clock: systemClock },
    { onFact: () => undefined, faultAt: () => marks.faultAt },
    new AbortController().signal,
  );
  onTestFinished(() => observer.stop());
  const judged = (receivers: ChainInput['receivers'] = {}) =>
    judgeChain({
      drill,
      observations: observer.observations,
      marks,
      prediction: { links: [], totalMs: 0 },
      budgetFor: () => undefined,
      isRehearsed: false,
      now: systemClock.now(),
      receivers,
    });
  const until = async (isThere: () => boolean) => {
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort(new Error(`never came: ${JSON.stringify(observer.observations)}`));
    }, 25_000);
    while (!isThere()) await observer.changed(late.signal);
    clearTimeout(timer);
  };
  const linkOf = (name: Link['name'], alert: string) =>
    judged().find((link) => link.name === name && link.alert === alert);

  await until(() => observer.observations.rules.filter(({ state }) => state === 'inactive').length === 5);
  // What fires before Prometheus knows Alertmanager is told only a minute later.
  const alertmanagers = () => monitoring.prometheus.alertmanagers().then(({ length }) => length);
  await expect.poll(alertmanagers, { timeout: 30_000 }).toBe(1);
  const answers = () => monitoring.alertmanager.status().then(() => true);
  await expect.poll(() => answers().catch(() => false), { timeout: 30_000 }).toBe(true);
  down = 1;
  marks.faultAt = systemClock.now();
  await until(() => linkOf('delivered', 'Down')?.status === 'met');
  await until(() => observer.observations.notifications.some(({ reasons }) => reasons['authError'] !== undefined));
  await until(() => observer.observations.alerts.some(({ suppressed }) => suppressed !== undefined));
  down = 0;
  marks.restoredAt = systemClock.now();
  await until(() => linkOf('resolved', 'Down')?.status === 'met');
  await until(() => observer.observations.alerts.every(({ endedAt }) => endedAt !== undefined));
  marks.endedAt = systemClock.now();

  const { configuration } = await monitoring.alertmanager.status();
  const links = judged(receiversByName(routesOf(configuration).receivers));
  expect(
    links.filter(({ status }) => status === 'broken').map(({ alert, name, cause }) => [alert, name, cause]),
  ).toEqual(
    expect.arrayContaining([
      ['Muffled', 'delivered', 'fired but inhibited by Refused'],
      [
        'Refused',
        'delivered',
        expect.stringMatching(/^webhook of "refusing" did not take .*: it answered 401 or 403$/),
      ],
      ['Nobody', 'routed', 'routed to nobody, which has no integrations'],
      ['Blind', 'pending', 'rule Blind was never pending: its expression returned nothing'],
    ]),
  );
  const way = links.filter(({ alert = 'Down', at }) => alert === 'Down' && at !== undefined);
  expect(way.map(({ name }) => name)).toEqual([
    'fault',
    'pending',
    'firing',
    'grouped',
    'routed',
    'delivered',
    'restored',
    'resolved',
  ]);
  const moments = way.map(({ at }) => at ?? 0);
  expect(moments).toEqual([...moments].sort((one, other) => one - other));
  // Its `for`, by evaluations of a second.
  expect(linkOf('firing', 'Down')?.tookMs).toBeGreaterThanOrEqual(2000);
  expect(isComplete(links, 'recovery')).toBe(true);
  expect(observer.clockOffsetsMs).toMatchObject({ prometheus: expect.any(Number) as number });
  const downs = observer.observations.alerts.filter(({ name }) => name === 'Down');
  expect(downs).toHaveLength(1);
  expect(downs[0]).toMatchObject({ isBaseline: false, receivers: ['inbox'] });
}, 60_000);
