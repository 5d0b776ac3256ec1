import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/duration.js';
import { type ProcessResult, systemProcesses } from '../../src/process.js';
import { skipWithout, tool } from '../installed-tool.js';
import {
  alertNames,
  alerts,
  rulesFolder,
  runbooksFolder,
  testedAlerts,
  unitTestsFolder,
  yamlFiles,
} from './rule-files.js';

const unitTests = await yamlFiles(unitTestsFolder);
const promtool = async (...args: readonly string[]): Promise<ProcessResult> =>
  systemProcesses().run(await tool('promtool'), args, { allowFailure: true });

// Days of samples on a busy machine.
describe('the rules', { timeout: 60_000 }, () => {
  beforeEach(skipWithout('promtool'));

  it('pass every lint of promtool', async () => {
    const files = (await yamlFiles(rulesFolder)).map((file) => join(rulesFolder, file));
    const { stdout, stderr, exitCode } = await promtool('check', 'rules', '--lint=all', '--lint-fatal', ...files);
    expect(exitCode, stdout + stderr).toBe(0);
  });

  it.each(unitTests)('do what test/rules/%s says', async (file) => {
    const { stdout, stderr, exitCode } = await promtool('test', 'rules', join(unitTestsFolder, file));
    expect(exitCode, stdout + stderr).toBe(0);
  });
});

describe('every alert', () => {
  it('has been seen firing and keeping still', async () => {
    const { firing, silent } = await testedAlerts();
    const names = await alertNames();
    expect([...firing].sort()).toEqual(names);
    expect([...silent].sort()).toEqual(names);
  });

  it('is there for the drills and the people that wait for it', async () => {
    expect(await alertNames()).toEqual([
      'APIServiceDown',
      'AutoscalerAtMaximum',
      'CertificateExpiresSoon',
      'ErrorBudgetBurn',
      'HighErrorRatio',
      'HighLatency',
      'PostgresDown',
      'PostgresExporterHighScrapeLatency',
      'ServiceHasNoReplicas',
      'TargetsMissing',
    ]);
  });

  it('says how bad it is, whom it concerns, what happened and what to do', async () => {
    for (const { alert, labels, annotations } of await alerts()) {
      expect(['critical', 'warning'], alert).toContain(labels['severity']);
      expect(labels['service'], alert).toMatch(/\S/);
      expect(annotations['summary'], alert).toMatch(/^\S.{10,}[^.\s]$/);
      expect(annotations['description'], alert).toMatch(/^\S.{40,}\.$/);
      expect(annotations['runbook_url'], alert).toBe(`https://inbox.{domain}/runbooks/${alert}`);
    }
  });

  it('is over or told within a minute: a drill waits for it', async () => {
    for (const { alert, for: hold } of await alerts()) {
      expect(parseDuration(hold), alert).toBeGreaterThanOrEqual(15_000);
      expect(parseDuration(hold), alert).toBeLessThanOrEqual(60_000);
    }
  });

  it('has a runbook, and every runbook an alert', async () => {
    expect((await readdir(runbooksFolder)).sort()).toEqual((await alertNames()).map((name) => `${name}.md`));
  });
});

describe('every runbook', () => {
  it('says what the alert means, what to look at, how to mend it, and when it is wrong', async () => {
    for (const name of await alertNames()) {
      const text = await readFile(join(runbooksFolder, `${name}.md`), 'utf8');
      expect(text.split('\n')[0]).toBe(`# ${name}`);
      for (const part of ['What it means', 'What people see', 'Look', 'Mend', 'False alarms']) {
        expect(text, name).toMatch(new RegExp(`^\\*\\*${part}`, 'm'));
      }
      expect(text, name).toMatch(/^ {4}kubectl |^ {4}slo:/m);
    }
  });
});
