import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecord } from '../../../src/chaos/record-file.js';
import type { DrillRecord } from '../../../src/chaos/record.js';
import type { ChaosHistoryResult } from '../../../src/usecases/chaos-history.js';
import type { ReportResult } from '../../../src/usecases/chaos-report.js';
import { drilled, isDown, namespace, recordOf, service, type Drilled } from './drilled.js';
import { readyFor } from './followed.js';

describe('what is kept of drills', () => {
  let world: Drilled;
  let first: DrillRecord;
  let second: DrillRecord;
  beforeAll(async () => {
    world = await drilled({
      name: 'report',
      releases: { store: service({ StoreDown: isDown('store') }) },
      drills: {
        'store-down': {
          fault: { scale: 'deployment/store', namespace, to: 0 },
          expect: { alerts: ['StoreDown'], receiver: 'inbox' },
        },
      },
    });
    await readyFor('store-down', world.sandbox);
    first = recordOf(await world.run('store-down', '--artifacts', 'out'));
    second = recordOf(await world.run('store-down'));
  });
  afterAll(() => world.dispose());

  const copied = (name: string) => join(world.sandbox.work, 'out', name);
  const report = (...args: string[]) => world.sandbox.platform(['chaos', 'report', ...args]);

  it('is copied to where it is wanted, all of it', async () => {
    expect((await readdir(join(world.sandbox.work, 'out'))).sort()).toEqual([
      'journal.jsonl',
      'junit.xml',
      'record.json',
      'report.html',
      'report.md',
    ]);
    expect(await readRecord(copied('record.json'))).toEqual(first);
    const journal = (await readFile(copied('journal.jsonl'), 'utf8')).trim().split('\n');
    const kinds = journal.map((line) => (JSON.parse(line) as { readonly kind: string }).kind);
    expect(kinds).toEqual(expect.arrayContaining(['finding', 'alerts', 'deliveries', 'target']));
    expect(await readFile(copied('report.html'), 'utf8')).toMatch(/^<!doctype html>[^]*StoreDown/i);
    expect(await readFile(copied('junit.xml'), 'utf8')).toMatch(/<testsuite[^]*failures="0"/);
  });

  it('is shown again in every format', async () => {
    const markdown = await report('last', '--format', 'markdown');
    expect(markdown.exitCode).toBe(0);
    expect(markdown.stdout).toMatch(/passed .*rehearsed/);
    expect(markdown.stdout).toContain(second.verdict.summary);
    expect(await readFile(copied('report.md'), 'utf8')).toContain(first.verdict.summary);
    expect((await report(first.run, '--format', 'html')).stdout).toContain(first.run);
    expect(JSON.parse((await report('last', '--format', 'json')).stdout)).toMatchObject({ run: second.run });
    expect((await report(first.run)).stdout.replace(/\s+/g, ' ')).toContain(first.verdict.summary);
  });

  it('is compared with the run before', async () => {
    const args = ['chaos', 'report', 'last', '--compare', 'previous'];
    const { result } = await world.sandbox.platform.json<ReportResult>(args);
    expect(result.record.run).toBe(second.run);
    expect(result.comparison).toMatchObject({ before: { run: first.run } });
    expect((await report('last', '--compare', 'previous', '--format', 'markdown')).stdout).toContain(first.run);
    const none = await report(first.run, '--compare', 'previous');
    expect(none.exitCode).toBe(5);
    expect(none.stderr).toContain(`there is no run of store-down before ${first.run}`);
  });

  it('is listed, the newest first', async () => {
    const { result } = await world.sandbox.platform.json<ChaosHistoryResult>(['chaos', 'history']);
    expect(result.runs).toMatchObject([
      { run: second.run, status: 'finished', drill: 'store-down', verdict: { outcome: 'passed' } },
      { run: first.run, status: 'finished' },
    ]);
    const { stdout } = await world.sandbox.platform(['chaos', 'history', 'store-down']);
    expect(stdout).toMatch(new RegExp(`${second.run}[^]*${first.run}`));
  });
});
