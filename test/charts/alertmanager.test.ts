import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { Values } from '../../src/environment/environment.js';
import { asset } from '../../src/paths.js';
import { type ProcessResult, systemProcesses } from '../../src/process.js';
import { mergeValues } from '../../src/releases/values/values.js';
import { skipWithout, tool } from '../installed-tool.js';
import { alerts } from '../rules/rule-files.js';

const configurationSchema = z.looseObject({
  route: z.looseObject({ group_wait: z.string(), group_interval: z.string() }),
  inhibit_rules: z.array(
    z.object({
      source_matchers: z.array(z.string()),
      target_matchers: z.array(z.string()),
      equal: z.array(z.string()),
    }),
  ),
  receivers: z.array(
    z.looseObject({
      name: z.string(),
      slack_configs: z.array(z.looseObject({ send_resolved: z.boolean() })).default([]),
      webhook_configs: z.array(z.looseObject({ send_resolved: z.boolean() })).default([]),
    }),
  ),
});
const valuesSchema = z.object({ alertmanager: z.looseObject({ config: configurationSchema }) });

/** What the bundled values say, one file over the other; nothing of the chart's own. */
async function configuration(target: 'local' | 'aws', ...overlays: readonly Values[]) {
  const files = await Promise.all(
    ['values.yaml', `${target}.yaml`].map(async (file) => {
      const text = await readFile(asset('helm-values', 'kube-prometheus-stack', file), 'utf8');
      return parse(text) as Values;
    }),
  );
  const layers = [...files, ...overlays].map((values) => ({ values }));
  return valuesSchema.parse(mergeValues(layers)).alertmanager.config;
}

/** The blueprint's overlay for the optional part `slack`; `undefined` where it has none. */
async function slackOverlay(): Promise<Values | undefined> {
  const blueprint = z.object({
    releases: z.record(
      z.string(),
      z
        .looseObject({
          parts: z.record(z.string(), z.looseObject({ values: z.record(z.string(), z.unknown()).default({}) })),
        })
        .partial()
        .nullable(),
    ),
  });
  const text = await readFile(asset('assets', 'blueprints', 'microservices.yaml'), 'utf8');
  return blueprint.parse(parse(text)).releases['kube-prometheus-stack']?.parts?.['slack']?.values;
}

async function amtool(config: unknown, ...args: readonly string[]): Promise<ProcessResult> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-alertmanager-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'alertmanager.yml');
  await writeFile(file, stringify(config));
  const given = args.map((arg) => arg.replace('<file>', file));
  return systemProcesses().run(await tool('amtool'), given, { allowFailure: true });
}

/** Names of the receivers of an alert, in the order of the routes. */
async function receivers(config: unknown, labels: Readonly<Record<string, string>>): Promise<string[]> {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const { stdout, stderr, exitCode } = await amtool(
    config,
    'config',
    'routes',
    'test',
    '--config.file=<file>',
    ...pairs,
  );
  expect(exitCode, stderr).toBe(0);
  return stdout.trim().split(',');
}

/** Every alert of ours with the labels that its rule gives it; labels that are templates get a name. */
async function firingAlerts(): Promise<Record<string, string>[]> {
  return (await alerts()).map(({ alert, labels }) => ({
    alertname: alert,
    namespace: 'app-services',
    ...Object.fromEntries(Object.entries(labels).map(([name, text]) => [name, text.includes('{{') ? 'auth' : text])),
  }));
}

const signsOfLife = [
  { alertname: 'Watchdog', severity: 'none' },
  { alertname: 'InfoInhibitor', severity: 'none', namespace: 'app-services' },
];

describe.each(['local', 'aws'] as const)('Alertmanager on %s', (target) => {
  beforeEach(skipWithout('amtool'));

  it('accepts its configuration', async () => {
    const { stdout, stderr, exitCode } = await amtool(await configuration(target), 'check-config', '<file>');
    expect(exitCode, stdout + stderr).toBe(0);
  });

  it('tells the inbox of every alert, and nobody of none', async () => {
    const config = await configuration(target);
    for (const labels of [...(await firingAlerts()), ...signsOfLife, { alertname: 'SomebodyElses' }]) {
      expect(await receivers(config, labels), labels['alertname']).toEqual(['inbox']);
    }
  });

  it('tells each receiver also when it is over', async () => {
    for (const receiver of (await configuration(target)).receivers) {
      const channels = [...receiver.slack_configs, ...receiver.webhook_configs];
      expect(channels.length, receiver.name).toBeGreaterThan(0);
      expect(
        channels.every((channel) => channel.send_resolved),
        receiver.name,
      ).toBe(true);
    }
  });

  it('mutes only the lesser of two alerts of one name, and what is mere information', async () => {
    for (const rule of (await configuration(target)).inhibit_rules) {
      const mutesInformation = rule.target_matchers.join() === 'severity = info';
      expect(rule.equal.includes('alertname') || mutesInformation, JSON.stringify(rule)).toBe(true);
      expect(rule.target_matchers.join()).not.toMatch(/critical/);
    }
  });
});

describe('Alertmanager in the local replica', () => {
  it('lets nobody wait', async () => {
    expect((await configuration('local')).route).toMatchObject({ group_wait: '1s', group_interval: '5s' });
    expect((await configuration('aws')).route).toMatchObject({ group_wait: '30s', group_interval: '2m' });
  });
});

const slack = await slackOverlay();

describe('Alertmanager with the part slack', () => {
  beforeEach(skipWithout('amtool'));
  beforeEach((context) => {
    context.skip(slack === undefined, 'the blueprint microservices has no part slack');
  });
  const withSlack = () => configuration('local', slack ?? {});

  it('accepts its configuration', async () => {
    const { stdout, stderr, exitCode } = await amtool(await withSlack(), 'check-config', '<file>');
    expect(exitCode, stdout + stderr).toBe(0);
  });

  it('tells Slack and the inbox of every alert, and only the inbox that it lives', async () => {
    const config = await withSlack();
    for (const labels of await firingAlerts()) {
      expect((await receivers(config, labels)).sort(), labels['alertname']).toEqual(['inbox', 'slack']);
    }
    for (const labels of signsOfLife) {
      expect(await receivers(config, labels), labels.alertname).toEqual(['inbox']);
    }
  });

  it('keeps the inbox as it is without', async () => {
    const inbox = (config: Awaited<ReturnType<typeof configuration>>) =>
      config.receivers.find(({ name }) => name === 'inbox');
    expect(inbox(await withSlack())).toEqual(inbox(await configuration('local')));
  });
});
