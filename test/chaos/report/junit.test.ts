import { describe, expect, it } from 'vitest';
import { convert } from 'xmlbuilder2';
import { z } from 'zod';
import { reportJunit } from '../../../src/chaos/report/junit.js';
import type { DrillRecord } from '../../../src/chaos/record.js';
import { elementsOf } from '../../ui/graph/well-formed.js';
import {
  brokenAt,
  dbDownInconclusive,
  dbDownInhibited,
  dbDownPassed,
  dbDownRehearsed,
  loadPassed,
} from '../records.js';

const result = z.object({ '@message': z.string(), '@type': z.string().optional(), '#': z.string() });
const schema = z.object({
  testsuites: z.object({
    testsuite: z.object({
      '@name': z.string(),
      '@tests': z.coerce.number(),
      '@failures': z.coerce.number(),
      '@errors': z.coerce.number(),
      '@skipped': z.coerce.number(),
      '@time': z.string(),
      testcase: z.array(
        z.object({
          '@classname': z.string(),
          '@name': z.string(),
          '@time': z.string(),
          failure: result.optional(),
          error: result.optional(),
          skipped: result.optional(),
        }),
      ),
      'system-out': z.string(),
    }),
  }),
});

/** The suite as whoever reads the file understands it. */
function suiteOf(record: DrillRecord) {
  return schema.parse(convert(reportJunit(record), { format: 'object' })).testsuites.testsuite;
}

const resultOf = (record: DrillRecord, name: string) => suiteOf(record).testcase.find((one) => one['@name'] === name);

describe('a drill as JUnit results', () => {
  it('is one suite without failures where it passed, a case for each link with its time', () => {
    const suite = suiteOf(dbDownPassed());
    expect(suite).toMatchObject({
      '@name': 'drill db-down',
      '@tests': 17,
      '@failures': 0,
      '@errors': 0,
      '@skipped': 0,
      '@time': '76.000',
    });
    expect(suite.testcase).toHaveLength(17);
    expect(suite.testcase.find((one) => one['@name'] === 'firing (PostgresDown)')).toMatchObject({
      '@classname': 'db-down.chain',
      '@time': '30.000',
    });
  });

  it('fails where the system is weak, and skips what was not reached', () => {
    const record = dbDownInhibited();
    expect(suiteOf(record)).toMatchObject({ '@failures': 1, '@errors': 0, '@skipped': 1 });
    expect(resultOf(record, 'delivered (PostgresDown)')?.failure).toEqual({
      '@message': 'fired but inhibited by NodeDown',
      '@type': 'broken',
      '#': 'fired but inhibited by NodeDown',
    });
    expect(resultOf(record, 'end delivered (PostgresDown)')?.skipped?.['@message']).toBe('not reached');
  });

  it('is an error where the drill could not tell', () => {
    const record = dbDownInconclusive();
    expect(suiteOf(record)).toMatchObject({ '@failures': 0, '@errors': 2 });
    expect(resultOf(record, 'db-down is conclusive')?.error?.['@type']).toBe('inconclusive');
    expect(resultOf(record, 'pending (PostgresDown)')?.error?.['@type']).toBe('broken');
  });

  it('is an error where something of ours is left', () => {
    const restore = { by: 'ada@laptop/1', results: [], differences: ['postgres has 0 replicas instead of 1'] };
    expect(resultOf(dbDownPassed({ restore }), 'everything is as it was before')?.error).toMatchObject({
      '@type': 'not-restored',
      '@message': 'postgres has 0 replicas instead of 1',
    });
  });

  it('skips what cannot be seen in a rehearsal', () => {
    expect(resultOf(dbDownRehearsed(), 'users see it')?.skipped?.['@message']).toBe(
      'not observed: simulated pods answer nobody',
    );
  });

  it('has the autoscaler and the load under names that never change', () => {
    const { scaling } = loadPassed();
    if (!scaling) throw new Error('a load has a trajectory');
    const weak = loadPassed({ scaling: { ...scaling, status: 'weak', problems: ['it stayed at 18'] } });
    expect(resultOf(weak, 'replicas follow the load')?.failure?.['@message']).toBe('it stayed at 18');
    expect(resultOf(loadPassed(), 'replicas follow the load')).toMatchObject({ '@classname': 'load.autoscaler' });
    expect(resultOf(loadPassed(), 'requests are answered as expected')?.['@time']).toBe('180.000');
  });

  it('tells findings of one check apart, and nothing of mere notes', () => {
    const finding = { check: 'rule-health', level: 'weakness' as const, message: 'Other is not healthy' };
    const record = dbDownPassed({ findings: [...dbDownPassed().findings, finding] });
    const names = suiteOf(record).testcase.map((one) => one['@name']);
    expect(names.slice(1, 4)).toEqual(['rule-health', 'route', 'rule-health (2)']);
    expect(resultOf(record, 'rule-health (2)')?.failure?.['@message']).toBe('Other is not healthy');
  });

  it('stays a file that can be read, whatever a tool said', () => {
    const cause = 'a <b> & "c" ]]> \u0000\u001b[31m\ud800';
    const xml = reportJunit(dbDownPassed({ links: brokenAt('pending', cause) }));
    const names = elementsOf(xml.slice(xml.indexOf('<testsuites')));
    expect(new Set(names)).toEqual(
      new Set(['testsuites', 'testsuite', 'properties', 'property', 'testcase', 'failure', 'skipped', 'system-out']),
    );
    expect(xml).toContain('message="a &lt;b&gt; &amp; &quot;c&quot; ]]&gt; \ufffd\ufffd[31m\ufffd"');
  });
});
